import { storeKey } from '../encryption/store-key.ts';
import { directoryStore } from '../encryption/stores.ts';
import type { MillraceError } from '../errors/error.ts';
import { host } from '../worker/host.ts';
import type { Directory } from './port.ts';

/** Where the directory lives, and who is told when its thread ends by itself (then every call is `unavailable`). */
export interface DirectoryOptions {
  file: string;
  /** Encrypts the file. */
  key?: Buffer | undefined;
  onCrash?: (error: MillraceError) => void;
}

/**
 * The directory in one SQLite file, made where it is missing, in a worker thread of its own. Every change is flushed
 * when its call resolves. Errors: `data_key_wrong`; `unavailable` for a file that is damaged, can't be written or is newer than this code.
 */
export async function openDirectory(options: DirectoryOptions): Promise<Directory> {
  const { file } = options;
  const encryptionKey = storeKey(options.key, directoryStore(file));
  const { port } = await host<Directory>({
    name: 'directory',
    module: new URL('./sqlite.worker.ts', import.meta.url),
    data: { file, encryptionKey },
    methods: {
      provision: true,
      user: true,
      usersById: true,
      users: true,
      deactivate: true,
      reactivate: true,
      createChannel: true,
      moveHome: true,
      access: true,
      channelByName: true,
      channelsById: true,
      importedAmong: true,
      channels: true,
      everyChannel: true,
      readableChannels: true,
      members: true,
      membersAmong: true,
      addMembers: true,
      removeMembers: true,
      changeChannel: true,
      putGroup: true,
      deleteGroup: true,
      groups: true,
      group: true,
      groupMembers: true,
      addDevice: true,
      removeDevice: true,
      devices: true,
      setPushLevel: true,
      pushLevel: true,
      pushLevels: true,
      setQuietHours: true,
      quietHours: true,
      setPushBodies: true,
      pushBodies: true,
      audience: true,
      setRetention: true,
      retention: true,
      expiring: true,
      trimmed: true,
      trimChannel: true,
      putHold: true,
      releaseHold: true,
      holds: true,
      requestErasure: true,
      openErasures: true,
      erasures: true,
      leaveAll: true,
      finishErasure: true,
      outbox: true,
      settleOutbox: true,
      audit: true,
      auditOutbox: true,
      settleAudit: true,
      forgetAudit: true,
    },
    onCrash: options.onCrash ?? ((error) => process.emitWarning(error)),
  });
  return port;
}
