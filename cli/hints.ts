import type { ErrorCode } from '../platform/errors/catalogue.ts';

const hints: { [Code in ErrorCode]?: string } = {
  not_running:
    'Start it with `npm start`, or say where it is: MILLRACE_DATA_DIR for its data folder, MILLRACE_OPS_URL from afar.',
  port_in_use: 'For example: PORT=8081 npm start',
  data_folder_in_use: 'For example: MILLRACE_DATA_DIR=/tmp/millrace npm start',
  config_invalid: 'See docs/configuration.md for every setting.',
  topology_invalid: 'Check the files with `npx millrace lint`.',
  unauthenticated:
    'A person’s token: `npx millrace token --user alice --workspace demo`; an operator’s: `npx millrace ops`.',
  forbidden: 'Imports need an admin’s token: `npx millrace token --user alice --workspace demo --role admin`.',
  unavailable: 'Try again; `npx millrace status` says what does not run, the process’s log says why.',
  rate_limited: 'Wait a little, then try again.',
  data_folder_not_writable:
    'Free space there, let the user who runs this write there, or name another one with MILLRACE_DATA_DIR.',
  data_newer: 'Start it with the release that wrote it, or a newer one.',
  data_key_wrong: 'docs/operating.md says how to change a key, and what to do without it.',
  schema_unknown: 'Schemas are files in schemas/; after a change: `npm run generate`.',
  export_invalid: 'It must be the zip as Slack made it, not one that was unpacked and packed again.',
};

/** The way on after a command's error; undefined where the error says it all. */
export function hintFor(code: ErrorCode, command: string | undefined): string | undefined {
  const help = ['npx millrace', ...(command ? [command] : []), '--help'].join(' ');
  if (code === 'invalid_request') return `\`${help}\` shows what it takes, with examples.`;
  // One that did not start has no status, and its log no more than this.
  if (code === 'unavailable' && ['dev', 'edge', 'run'].includes(command ?? ''))
    return 'Try again; `npx millrace doctor` says which part does not answer, and why.';
  // Lint itself has said it.
  return code === 'topology_invalid' && command === 'lint' ? undefined : hints[code];
}
