import { existsSync } from 'node:fs';
import { parseSettings } from '../../config/parse.ts';
import { isId } from '../../edge/auth/claims.ts';
import { ownSecret } from '../../edge/auth/secret.ts';
import { signToken } from '../../edge/auth/tokens.ts';
import { MillraceError } from '../../platform/errors/error.ts';
import { parseDuration } from '../../runtime/duration.ts';
import type { Terminal } from '../command.ts';

export interface TokenOptions {
  user: string;
  workspace: string;
  role: string;
  name?: string;
  for: string;
  json?: boolean;
}

/** Signs a token with the setting's or the data folder's secret and prints it. */
export async function runToken(options: TokenOptions, terminal: Terminal): Promise<void> {
  const settings = parseSettings(terminal.env);
  const seconds = (parseDuration(options.for) ?? 0) / 1000;
  if (seconds <= 0) throw new MillraceError('invalid_request', '--for: must be a duration such as 1h or 7d');
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
}
