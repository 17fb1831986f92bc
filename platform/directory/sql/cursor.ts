import { MillraceError } from '../../errors/error.ts';
import type { Page, PageRequest } from '../page.ts';

/** A cursor holds the sort key of the page's last row, so that what is added or removed meanwhile shifts nothing. */
function encodeCursor(list: string, key: string[]): string {
  return Buffer.from(JSON.stringify([list, ...key])).toString('base64url');
}

/**
 * The key inside a cursor of `list` with `parts` parts; undefined where there is no cursor.
 * Error: `invalid_request` for one that this list has not given out.
 */
export function decodeCursor(list: string, parts: number, cursor: string | undefined): string[] | undefined {
  if (cursor === undefined) return undefined;
  const [name, ...key] = parsed(cursor);
  if (name !== list || key.length !== parts || !key.every((part): part is string => typeof part === 'string')) {
    throw foreign();
  }
  return key;
}

/** A part that is a number. Error: `invalid_request`. */
export function numberOf(part: string): number {
  if (!/^\d{1,15}$/.test(part)) throw foreign();
  return Number(part);
}

function foreign(): MillraceError {
  return new MillraceError(
    'invalid_request',
    'cursor: not one that this list has given; leave it out for the first page',
  );
}

function parsed(cursor: string): unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(value) ? value : [];
  } catch {
    // No JSON is just as little ours as the wrong JSON: both end as invalid_request.
    return [];
  }
}

export function checkLimit(limit: number): void {
  if (!Number.isInteger(limit) || limit < 1 || limit > 200) {
    throw new MillraceError('invalid_request', 'limit: must be a whole number from 1 to 200');
  }
}

/** A page out of up to limit + 1 rows; the row too many tells that there is more. */
export function pageOf<Row, Item>(
  list: string,
  request: PageRequest,
  rows: Row[],
  item: (row: Row) => Item,
  key: (row: Row) => string[],
): Page<Item> {
  const shown = rows.slice(0, request.limit);
  const last = shown.at(-1);
  return {
    items: shown.map(item),
    next_cursor: rows.length > request.limit && last !== undefined ? encodeCursor(list, key(last)) : null,
  };
}
