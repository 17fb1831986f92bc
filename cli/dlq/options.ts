import { catalogue } from '../../platform/errors/catalogue.ts';
import { MillraceError } from '../../platform/errors/error.ts';
import { parseDuration } from '../../runtime/duration.ts';
import { meantKey } from '../../runtime/observing/shown-key.ts';
import { didYouMean } from '../../runtime/topology/problem.ts';
import type { LetterFilter } from '../../server/dead-letters/filter.ts';

export interface FilterOptions {
  topology?: string;
  node?: string;
  code?: string;
  cause?: string;
  key?: string;
  since?: string;
  all?: boolean;
  group?: boolean;
  yes?: boolean;
  json?: boolean;
}

export interface EditOptions {
  set?: string;
  value?: string;
  json?: boolean;
}

/** The filter that options say; a node may be written as TOPOLOGY/NODE. */
export function filterOf({ topology, node, code, cause, key, since }: FilterOptions): LetterFilter {
  const filter: LetterFilter = {};
  const [first, second] = node?.split('/') ?? [];
  if (topology !== undefined) filter.topology = topology;
  if (second !== undefined && first) filter.topology = first;
  if (node !== undefined) filter.node = second ?? node;
  if (code !== undefined) filter.code = codeOf(code);
  if (cause !== undefined) filter.cause = cause;
  if (key !== undefined) filter.key = meantKey(key);
  if (since !== undefined) {
    const milliseconds = parseDuration(since);
    if (milliseconds === undefined)
      throw new MillraceError('invalid_request', '--since: must be a duration such as 1h or 7d');
    filter.since_ms = milliseconds;
  }
  return filter;
}

/** No letter has another one. */
function codeOf(code: string): string {
  if (Object.hasOwn(catalogue, code)) return code;
  const likely = didYouMean(code, Object.keys(catalogue));
  const all = likely === undefined ? `one of ${Object.keys(catalogue).join(', ')}` : `such as ${likely}`;
  throw new MillraceError('invalid_request', `--code: must be a code of an error, ${all}, not "${code}"`);
}

/** Ids or a filter, as the API takes them. Error: `invalid_request` for both, and for neither without --all. */
export function chosenOf(ids: string[], options: FilterOptions): { ids: number[] } | { filter: LetterFilter } {
  const filter = filterOf(options);
  const filtered = Object.keys(filter).length > 0;
  if (ids.length > 0) {
    if (filtered || options.all) throw new MillraceError('invalid_request', 'either ids, or filters, not both');
    return { ids: ids.map(idOf) };
  }
  if (!filtered && !options.all)
    throw new MillraceError(
      'invalid_request',
      'which letters? Give ids, filters, or --all; `millrace dlq list` shows them',
    );
  return { filter };
}

export function idOf(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new MillraceError('invalid_request', `id: must be a number, not "${text}"`);
  return Number(text);
}
