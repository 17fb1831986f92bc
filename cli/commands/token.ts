import { existsSync } from 'node:fs';
import { parseSettings } from '../../config/parse.ts';
import { isId } from '../../edge/auth/claims.ts';
import { ownSecret } from '../../edge/auth/secret.ts';
import { signToken } from '../../edge/auth/tokens.ts';
import { MillraceError } from '../../platform/errors/error.ts';
import { parseDuration } from '../../runtime/duration.ts';
import { type AddCommand, examples } from '../command.ts';

const roles = ['owner', 'admin', 'member', 'guest'];

export const addToken: AddCommand = (program, terminal) => {
  program
    .command('token')
    .description('Prints a token, signed with MILLRACE_JWT_SECRET or the data folder’s own secret.')
    .requiredOption('--user <id>', 'user id')
    .requiredOption('--workspace <id>', 'workspace id')
    .option('--role <role>', `one of ${roles.join(', ')}`, 'member')
    .option('--name <name>', 'display name')
    .option('--for <duration>', 'how long it is valid: 1h, 7d', '7d')
    .option('--json', 'print it inside an object')
    .addHelpText(
      'after',
      examples([
        ['millrace token --user alice --workspace demo', 'a week for alice'],
        ['millrace token --user ops --workspace demo --role admin --for 1h', 'for an import'],
      ]),
    )
    .action(
      async (options: {
        user: string;
        workspace: string;
        role: string;
        name?: string;
        for: string;
        json?: boolean;
      }) => {
        const settings = parseSettings(terminal.env);
        const seconds = (parseDuration(options.for) ?? 0) / 1000;
        if (seconds <= 0) throw new MillraceError('invalid_request', '--for: must be a duration such as 1h or 7d');
        if (!roles.includes(options.role))
          throw new MillraceError('invalid_request', `--role: must be one of ${roles.join(', ')}`);
        if (!isId(options.user) || !isId(options.workspace))
          throw new MillraceError('invalid_request', '--user, --workspace: must be ids of 1 to 128 characters');
        if (settings.jwks_url)
          throw new MillraceError(
            'invalid_request',
            'with MILLRACE_JWKS_URL tokens come from its issuer; this process can’t sign them',
          );
        if (!settings.jwt_secret && !existsSync(settings.data_dir)) {
          throw new MillraceError(
            'not_running',
            `there is no data folder ${settings.data_dir} whose secret could sign a token`,
          );
        }
        const secret = settings.jwt_secret ?? ownSecret(settings.data_dir);
        const token = await signToken(
          secret,
          { user_id: options.user, workspace_id: options.workspace, role: options.role, name: options.name },
          seconds,
        );
        terminal.out(options.json ? JSON.stringify({ token, expires_in: seconds }) : token);
      },
    );
};
