import { existsSync } from 'node:fs';
import { parseSettings } from '../../config/parse.ts';
import { isId } from '../../edge/auth/claims.ts';
import { ownSecret } from '../../edge/auth/secret.ts';
import { signToken } from '../../edge/auth/tokens.ts';
import { MillraceError } from '../../platform/errors/error.ts';
import { startServer } from '../../server/start.ts';
import { adminCall } from '../admin-client.ts';
import type { Terminal } from '../command.ts';
import { Progress } from '../progress.ts';
import { SlackExport } from '../slack-export/export.ts';
import { Importer, type ImportReport } from './importer.ts';
import { postImports } from './post.ts';

const importer = 'importer';

interface Target {
  url: string;
  token(): Promise<string>;
  stop(): Promise<void>;
}

export interface ImportOptions {
  workspace: string;
  url?: string;
  token?: string;
  json?: boolean;
}

/** Imports a file and prints the report; whether all of it went in. */
export async function runImport(file: string, options: ImportOptions, terminal: Terminal): Promise<boolean> {
  if (!existsSync(file)) throw new MillraceError('not_found', `there is no file ${file}`);
  if (!isId(options.workspace))
    throw new MillraceError('invalid_request', '--workspace: must be an id of 1 to 128 characters');
  const { url } = options;
  if (url !== undefined && !(/^https?:/.test(url) && URL.canParse(url)))
    throw new MillraceError(
      'invalid_request',
      `--url: must be an address such as https://chat.example.com, not "${url}"`,
    );
  const slack = await SlackExport.open(file);
  try {
    const target = await findTarget(options, terminal);
    try {
      const progress = new Progress(terminal, 'messages', undefined);
      const run = new Importer(slack, postImports(target.url, target.token), importer, (count) =>
        progress.update(count),
      );
      const report = await run.run();
      progress.end(report.messages.created + report.messages.exists + report.messages.failed);
      terminal.out(options.json ? JSON.stringify(report, null, 2) : render(report));
      for (const name of slack.unlisted) terminal.err(`folder ${name} is in no channel list: left out`);
      return report.users.failed + report.channels.failed + report.messages.failed === 0;
    } finally {
      await target.stop();
    }
  } finally {
    slack.close();
  }
}

async function findTarget(options: ImportOptions, terminal: Terminal): Promise<Target> {
  const nothing = async (): Promise<void> => undefined;
  if (options.url !== undefined) {
    const token = options.token ?? terminal.env['MILLRACE_TOKEN'];
    if (!token)
      throw new MillraceError('unauthenticated', '--token: an admin’s token is needed for --url (or MILLRACE_TOKEN)');
    return { url: options.url.replace(/\/$/, ''), token: async () => token, stop: nothing };
  }
  const settings = parseSettings(terminal.env);
  const sign = (secret: string) => (): Promise<string> =>
    signToken(secret, { user_id: importer, workspace_id: options.workspace, role: 'owner', name: 'Importer' }, 600);
  try {
    for await (const line of adminCall(settings.data_dir, 'GET', '/status')) {
      const { url } = line as { url: string };
      terminal.err(`Importing into the process at ${url}`);
      return { url, token: sign(settings.jwt_secret ?? ownSecret(settings.data_dir)), stop: nothing };
    }
  } catch (error) {
    if (!(error instanceof MillraceError) || error.code !== 'not_running') throw error;
  }
  terminal.err(`Nothing runs on ${settings.data_dir}: the pipeline runs here for the import`);
  const running = await startServer({ ...settings, port: 0, host: '127.0.0.1' });
  const { url, secret } = running.edge!;
  const settled = async (): Promise<void> => {
    // What is imported is stored; the index follows, and a start would go on with it, but done is done.
    for (let i = 0; i < 600; i++) {
      const lags = (await running.runner.status()).flatMap((topology) => topology.sources.map((source) => source.lag));
      if (lags.every((lag) => lag === 0)) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    terminal.err('The index is not up with the log yet: the next start goes on with it');
  };
  const stop = async (): Promise<void> => {
    await settled();
    await running.stop();
  };
  return { url, token: sign(secret), stop };
}

function render({ users, channels, messages, without_root, skipped, failures }: ImportReport): string {
  const line = (name: string, { created, exists, failed }: ImportReport['users']): string =>
    `  ${name.padEnd(9)} ${created} added, ${exists} there already${failed > 0 ? `, ${failed} failed` : ''}`;
  return [
    'Imported:',
    line('people', users),
    line('channels', channels),
    line('messages', messages),
    ...(without_root > 0
      ? [`  ${without_root} replies came without their root: imported as messages of their own`]
      : []),
    ...Object.entries(skipped).map(([reason, count]) => `  ${count} left out: ${reason}`),
    ...failures.map(({ item, code, detail }) => `  failed: ${item}: ${detail} (${code})`),
  ].join('\n');
}
