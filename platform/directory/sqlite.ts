import type { MillraceError } from '../errors/error.ts';
import { host } from '../worker/host.ts';
import type { Directory } from './port.ts';

/** Where the directory lives, and who is told when its thread ends by itself (then every call is `unavailable`). */
export interface DirectoryOptions {
  file: string;
  onCrash?: (error: MillraceError) => void;
}

/**
 * The directory in one SQLite file, made where it is missing, in a worker thread of its own. Every change is flushed
 * when its call resolves. Errors: `unavailable` for a file that is damaged, can't be written or is newer than this code.
 */
export async function openDirectory(options: DirectoryOptions): Promise<Directory> {
  const { port } = await host<Directory>({
    name: 'directory',
    module: new URL('./sqlite.worker.ts', import.meta.url),
    data: { file: options.file },
    methods: {
      provision: true,
      user: true,
      usersById: true,
      users: true,
      deactivate: true,
      createChannel: true,
      access: true,
      channelByName: true,
      channelsById: true,
      channels: true,
      readableChannels: true,
      members: true,
      membersAmong: true,
      addMembers: true,
      removeMembers: true,
      changeChannel: true,
      outbox: true,
      settleOutbox: true,
    },
    onCrash: options.onCrash ?? ((error) => process.emitWarning(error)),
  });
  return port;
}
