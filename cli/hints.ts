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
};

/** The way on after an error; undefined where the error says it all. */
export function hintFor(code: ErrorCode): string | undefined {
  return hints[code];
}
