import { isUtf8 } from 'node:buffer';
import { unkeptIn } from '../calls/text.ts';
import { limits } from '../limits.ts';
import type { HttpRequest } from '../transport/port.ts';
import { SlackError } from './errors.ts';

/** A call's arguments, whichever way they came: a form's texts, or JSON's values. */
export class Arguments {
  constructor(private readonly values: ReadonlyMap<string, unknown>) {}

  /** Errors of this and the next: `invalid_json`, `json_not_object`, `invalid_post_type`. */
  static of({ method, query, body, header }: Pick<HttpRequest, 'method' | 'query' | 'body' | 'header'>): Arguments {
    if (method === 'GET') return new Arguments(new Map(new URLSearchParams(query)));
    const [type = ''] = (header('content-type') ?? '').toLowerCase().split(';');
    const text = body.toString('utf8');
    switch (type.trim()) {
      case 'application/json':
        if (!isUtf8(body)) throw new SlackError('invalid_json', 'the body is not valid UTF-8');
        return new Arguments(jsonValues(text));
      case 'application/x-www-form-urlencoded':
        return new Arguments(new Map(new URLSearchParams(text)));
      default:
        if (text === '') return new Arguments(new Map());
        throw new SlackError(
          'invalid_post_type',
          'send a form (application/x-www-form-urlencoded) or application/json',
        );
    }
  }

  /** Whether an argument says anything: left out, empty, null, an empty list and false do not. */
  has(name: string): boolean {
    const value = this.values.get(name);
    return !(value === undefined || value === null || ['', 'false', '0', '[]', '{}', 'null'].includes(asText(value)));
  }

  /** Undefined for one that is missing or empty. */
  text(name: string): string | undefined {
    const value = this.values.get(name);
    if (value === undefined || value === null || value === '') return undefined;
    if (typeof value === 'object') throw refused(name, 'must be a text');
    const text = asText(value);
    const unkept = unkeptIn(text);
    if (unkept) throw refused(name, unkept);
    return text;
  }

  /** Error: `invalid_arguments`. */
  needed(name: string): string {
    const value = this.text(name);
    if (value === undefined) throw refused(name, 'is missing');
    return value;
  }

  flag(name: string, by = false): boolean {
    const text = this.text(name);
    if (text === undefined) return by;
    if (text === 'true' || text === '1') return true;
    if (text === 'false' || text === '0') return false;
    throw refused(name, 'must be true or false');
  }

  /** From `least` on. Error: `invalid_arguments`. */
  number(name: string, by: number, least: number): number {
    const text = this.text(name);
    if (text === undefined) return by;
    if (!/^\d{1,9}$/.test(text) || Number(text) < least) throw refused(name, `must be a whole number from ${least} on`);
    return Number(text);
  }

  /** Slack allows up to 1,000, and fewer in the answer; a page here has 200 at most. Error: `invalid_limit`. */
  limit(by: number): number {
    const text = this.text('limit');
    if (text === undefined) return by;
    if (!/^\d{1,4}$/.test(text) || Number(text) > 1000) throw new SlackError('invalid_limit', 'limit: 1 to 1000');
    return Math.min(Number(text) || by, limits.page);
  }

  /** Texts with commas between, or a JSON list of them. */
  list(name: string): string[] {
    const value = this.values.get(name);
    if (Array.isArray(value)) return value.map(asText);
    return (this.text(name) ?? '')
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== '');
  }

  /** Error: `invalid_arguments` for one that is given and would be left out in silence. */
  refuse(name: string, why: string): void {
    if (this.has(name)) throw refused(name, why);
  }
}

function refused(name: string, why: string): SlackError {
  return new SlackError('invalid_arguments', `${name}: ${why}`);
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

function jsonValues(text: string): Map<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's message would quote the body, which may be private.
    throw new SlackError('invalid_json', 'the body is not valid JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new SlackError('json_not_object', 'the body must be a JSON object');
  return new Map(Object.entries(value));
}
