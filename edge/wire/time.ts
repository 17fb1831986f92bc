import { MillraceError } from '../../platform/errors/error.ts';

/** A time as the wire has it: RFC 3339, UTC. */
export function timeText(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

const rfc3339 =
  /^\d{4}-(0[1-9]|1[0-2])-(\d{2})T([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

/**
 * Milliseconds since 1970. What Date.parse takes besides is guessed, and by this machine's time zone. Error: `invalid_request`
 * that names the field.
 */
export function timeOf(field: string, text: string): number {
  const upper = text.toUpperCase();
  const parts = rfc3339.exec(upper);
  // Date.parse would go on to the next month for a 30th of February.
  const day = upper.slice(0, 10);
  const midnight = parts ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
  if (!parts || Number.isNaN(midnight) || !timeText(midnight).startsWith(day))
    throw new MillraceError('invalid_request', `${field}: must be an RFC 3339 time, such as 2026-01-31T12:00:00Z`);
  // A leap second is the first moment of the next minute, for Date knows none.
  return parts[4] === '60' ? Date.parse(upper.replace(':60', ':59')) + 1000 : Date.parse(upper);
}
