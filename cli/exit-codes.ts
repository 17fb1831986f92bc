import { catalogue, type ErrorCode } from '../platform/errors/catalogue.ts';

/** What any command can end with. */
const common: readonly ErrorCode[] = ['internal', 'invalid_request'];

/** The exit codes of a command, or of all, from the catalogue of errors: one line for each code. */
export function exitCodes(codes: readonly ErrorCode[], means: { [code: number]: string } = {}): string {
  const lines = new Map<number, string[]>([[0, ['done']]]);
  for (const [code, meaning] of Object.entries(means)) lines.set(Number(code), [meaning]);
  for (const code of new Set([...common, ...codes])) {
    const { exit, title } = catalogue[code];
    lines.set(exit, [...(lines.get(exit) ?? []), title]);
  }
  const sorted = [...lines].sort(([a], [b]) => a - b);
  return ['Exit codes:', ...sorted.map(([code, titles]) => `  ${String(code).padStart(3)}  ${titles.join('; ')}`)].join(
    '\n',
  );
}

export const everyCode = Object.keys(catalogue) as ErrorCode[];
