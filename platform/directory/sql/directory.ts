import type { Kysely } from 'kysely';
import { MillraceError } from '../../errors/error.ts';
import type { Directory } from '../port.ts';
import { changeChannel } from './change-channel.ts';
import { access, channelByName, channelsById, listChannels, readableChannels } from './channels.ts';
import { createChannel } from './create-channel.ts';
import type { DirectoryDialect } from './dialect.ts';
import { addMembers, listMembers, membersAmong, removeMembers } from './members.ts';
import { migrate } from './migrations.ts';
import { readOutbox, settleOutbox } from './outbox.ts';
import { Provisioner } from './provision.ts';
import type { Scope } from './scope.ts';
import type { Tables } from './tables.ts';
import { deactivate, findUser, listUsers, usersById } from './users.ts';

/** Ids in one question: more in one call would hold up everybody else's. */
const maxIds = 1_000;

/**
 * The directory over any engine that Kysely speaks to. Brings the tables to this version first; closing it closes
 * `db`. Error: `unavailable` where the tables can't be brought to this version.
 */
export async function openSqlDirectory(
  db: Kysely<Tables>,
  dialect: DirectoryDialect,
  clock: () => number = Date.now,
): Promise<Directory> {
  await migrate(db, dialect);
  const scope: Scope = { db, dialect };
  const provisioner = new Provisioner(scope, clock);

  const run = async <Result>(call: () => Promise<Result>): Promise<Result> => {
    try {
      return await call();
    } catch (error) {
      throw dialect.asUnavailable(error) ?? error;
    }
  };
  const few = (ids: string[]): string[] => {
    if (ids.length > maxIds) throw new MillraceError('invalid_request', `at most ${maxIds} ids in one call`);
    return ids;
  };

  return {
    provision: (user) => run(() => provisioner.provision(user)),
    user: (person) => run(() => findUser(scope, person)),
    usersById: (workspace, ids) => run(async () => usersById(scope, workspace, few(ids))),
    users: (workspace, page) => run(() => listUsers(scope, workspace, page)),
    deactivate: (person) => run(() => deactivate(scope, person)),
    createChannel: (channel, request) => run(() => createChannel(scope, channel, request)),
    access: (person, channel) => run(() => access(scope, person, channel)),
    channelByName: (workspace, name) => run(() => channelByName(scope, workspace, name)),
    channelsById: (workspace, ids) => run(() => channelsById(scope, workspace, ids)),
    channels: (person, member, page) => run(() => listChannels(scope, person, member, page)),
    readableChannels: (person, guest) => run(() => readableChannels(scope, person, guest)),
    members: (workspace, channel, page) => run(() => listMembers(scope, workspace, channel, page)),
    membersAmong: (workspace, channel, ids) => run(async () => membersAmong(scope, workspace, channel, few(ids))),
    addMembers: (workspace, channel, ids, request) => run(() => addMembers(scope, workspace, channel, ids, request)),
    removeMembers: (workspace, channel, ids, request) =>
      run(() => removeMembers(scope, workspace, channel, ids, request)),
    changeChannel: (workspace, channel, change, request) =>
      run(() => changeChannel(scope, workspace, channel, change, request)),
    outbox: (after, limit) => run(() => readOutbox(scope, after, limit)),
    settleOutbox: (ids) => run(() => settleOutbox(scope, ids)),
    close: () => run(() => db.destroy()),
  };
}
