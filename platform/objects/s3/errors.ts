import { MillraceError, messageOf } from '../../errors/error.ts';

/** Whether an answer says that there is no such object. A bucket that is not there is another matter. */
export function isMissing(error: unknown): boolean {
  return ['NoSuchKey', 'NotFound'].includes(nameOf(error));
}

/** Whether an answer says that the object is there already, or is just being written. */
export function isConflict(error: unknown): boolean {
  return ['PreconditionFailed', 'ConditionalRequestConflict'].includes(nameOf(error));
}

/** `unavailable`, with what the service said; an error of the catalogue stays itself. */
export function refusedBy(bucket: string, error: unknown): MillraceError {
  if (error instanceof MillraceError) return error;
  const name = nameOf(error);
  const reason =
    name === 'TimeoutError' || name === 'AbortError'
      ? 'no answer in time'
      : [name, messageOf(error)].filter((part) => part !== '' && part !== 'Error').join(': ');
  return new MillraceError('unavailable', `bucket ${bucket}: ${reason}`, { cause: error });
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : '';
}
