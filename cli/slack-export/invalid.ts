import { MillraceError } from '../../platform/errors/error.ts';

/** `export_invalid`: which file (inside the zip, where there is one), what is wrong with it, and the way out. */
export function invalid(file: string, reason: string, wayOut: string, cause?: unknown): MillraceError {
  return new MillraceError('export_invalid', `${file}: ${reason}; ${wayOut}`, { cause });
}
