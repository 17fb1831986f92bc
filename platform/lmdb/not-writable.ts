import { constants } from 'node:os';
import { MillraceError, messageOf } from '../errors/error.ts';

/** What the system says where it lets nobody, or not this user, write. */
const refusals = ['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT'] as const;
/** lmdb gives the number alone. */
const numbers = refusals.map((name) => constants.errno[name]);

export function notWritable(folder: string, reason: string, cause?: unknown): MillraceError {
  return new MillraceError(
    'data_folder_not_writable',
    `${folder} can't be written (${reason}): set MILLRACE_DATA_DIR to a folder that this user may write, on a disk with space`,
    { cause },
  );
}

/** An error met while a data folder was opened: told as that folder's where the system or lmdb refused it. */
export function asOfFolder(folder: string, error: unknown): unknown {
  if (error instanceof MillraceError) return error;
  const { code, path, name } = (error ?? {}) as { code?: unknown; path?: unknown; name?: unknown };
  const refused =
    typeof code === 'number'
      ? // Clients of engines number their errors, too, and have names for them.
        name === 'Error' && numbers.includes(code)
      : refusals.some((name) => name === code) && typeof path === 'string' && `${path}/`.startsWith(`${folder}/`);
  return refused ? notWritable(folder, messageOf(error), error) : error;
}
