/** How a value differs from what was expected of it at one place. */
export interface Difference {
  path: string;
  /** `undefined`: nothing was expected here. */
  expected: unknown;
  /** `undefined`: there is nothing here. */
  actual: unknown;
}

/**
 * Where `actual` does not contain `expected`: each field of an expected object must be there, others may be; lists have
 * one length; an ISO time matches its milliseconds. `exactly` allows no other fields.
 */
export function differences(actual: unknown, expected: unknown, exactly = false, path = ''): Difference[] {
  if (isObject(expected) && isObject(actual)) {
    const found = Object.keys(expected).flatMap((field) =>
      differences(actual[field], expected[field], exactly, path === '' ? field : `${path}.${field}`),
    );
    if (!exactly) return found;
    const others = Object.keys(actual).filter((field) => !(field in expected) && actual[field] !== undefined);
    const extra = others.map((field) => ({
      path: path === '' ? field : `${path}.${field}`,
      expected: undefined,
      actual: actual[field],
    }));
    return [...found, ...extra];
  }
  if (Array.isArray(expected) && Array.isArray(actual)) {
    return Array.from({ length: Math.max(expected.length, actual.length) }, (_, i) => i).flatMap((i) => {
      const at = `${path}[${i}]`;
      if (i < expected.length) return differences(actual[i], expected[i], exactly, at);
      return [{ path: at, expected: undefined, actual: actual[i] }];
    });
  }
  return same(actual, expected) ? [] : [{ path, expected, actual }];
}

export function contains(actual: unknown, expected: unknown, exactly = false): boolean {
  return differences(actual, expected, exactly).length === 0;
}

/** Milliseconds since 1970 of a time such as 2026-01-01T00:00:00Z; undefined for any other text. */
export function parseTime(text: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(text)) return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}

function same(actual: unknown, expected: unknown): boolean {
  if (Object.is(actual, expected)) return true;
  if (typeof expected === 'string' && typeof actual === 'number') return parseTime(expected) === actual;
  if (actual instanceof Uint8Array && expected instanceof Uint8Array) return Buffer.compare(actual, expected) === 0;
  return false;
}

function isObject(value: unknown): value is { [field: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}
