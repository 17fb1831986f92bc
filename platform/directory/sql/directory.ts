import type { Kysely } from 'kysely';
import { MillraceError } from '../../errors/error.ts';
import type { Directory } from '../port.ts';
import { forgetAudit, readAudit, readAuditOutbox, settleAudit } from './audit.ts';
import { changeChannel } from './change-channel.ts';
import {
  access,
  channelByName,
  channelsById,
  everyChannel,
  importedAmong,
  listChannels,
  readableChannels,
} from './channels.ts';
import { createChannel } from './create-channel.ts';
import * as life from './data-life.ts';
import type { DirectoryDialect } from './dialect.ts';
import * as erasure from './erasure.ts';
import { deleteGroup, findGroup, groupMembers, listGroups, putGroup } from './groups.ts';
import { holds, putHold, releaseHold } from './holds.ts';
import { addMembers, listMembers, membersAmong, removeMembers } from './members.ts';
import { migrate } from './migrations.ts';
import { moveHome } from './move-home.ts';
import { readOutbox, settleOutbox } from './outbox.ts';
import { Provisioner } from './provision.ts';
import * as push from './push.ts';
import type { Scope } from './scope.ts';
import type { Tables } from './tables.ts';
import { findUser, listUsers, setDeactivated, usersById } from './users.ts';

/** Ids in one question: more in one call would hold up everybody else's. */
const maxIds = 1_000;

/** `sqlDirectory`, on tables that are brought to this version first. Error: `unavailable` where that fails. */
export async function openSqlDirectory(
  db: Kysely<Tables>,
  dialect: DirectoryDialect,
  clock: () => number = Date.now,
): Promise<Directory> {
  await migrate(db, dialect);
  return sqlDirectory(db, dialect, clock);
}

/** The directory over any engine that Kysely speaks to, on tables of this version; closing it closes `db`. */
export function sqlDirectory(db: Kysely<Tables>, dialect: DirectoryDialect, clock: () => number = Date.now): Directory {
  const scope: Scope = { db, dialect, clock };
  const provisioner = new Provisioner(scope);

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
    deactivate: (person, request) => run(() => setDeactivated(scope, person, true, request)),
    reactivate: (person, request) => run(() => setDeactivated(scope, person, false, request)),
    createChannel: (channel, request, most) => run(() => createChannel(scope, channel, request, most)),
    access: (person, channel) => run(() => access(scope, person, channel)),
    channelByName: (workspace, name) => run(() => channelByName(scope, workspace, name)),
    channelsById: (workspace, ids) => run(() => channelsById(scope, workspace, ids)),
    importedAmong: (workspace, ids) => run(() => importedAmong(scope, workspace, ids)),
    channels: (person, member, page) => run(() => listChannels(scope, person, member, page)),
    everyChannel: (workspace, page) => run(() => everyChannel(scope, workspace, page)),
    readableChannels: (person, guest) => run(() => readableChannels(scope, person, guest)),
    members: (workspace, channel, page) => run(() => listMembers(scope, workspace, channel, page)),
    membersAmong: (workspace, channel, ids) => run(async () => membersAmong(scope, workspace, channel, few(ids))),
    addMembers: (workspace, channel, ids, request, most) =>
      run(() => addMembers(scope, workspace, channel, ids, request, most)),
    removeMembers: (workspace, channel, ids, request) =>
      run(() => removeMembers(scope, workspace, channel, ids, request)),
    changeChannel: (workspace, channel, change, request) =>
      run(() => changeChannel(scope, workspace, channel, change, request)),
    moveHome: (workspace, channel, home, request) => run(() => moveHome(scope, workspace, channel, home, request)),
    putGroup: (group, request) => run(async () => putGroup(scope, { ...group, members: few(group.members) }, request)),
    deleteGroup: (workspace, id, request) => run(() => deleteGroup(scope, workspace, id, request)),
    groups: (workspace, page) => run(() => listGroups(scope, workspace, page)),
    group: (workspace, id) => run(() => findGroup(scope, workspace, id)),
    groupMembers: (workspace, ids) => run(async () => groupMembers(scope, workspace, few(ids))),
    addDevice: (device) => run(() => push.addDevice(scope, device)),
    removeDevice: (person, token) => run(() => push.removeDevice(scope, person, token)),
    devices: (person) => run(() => push.devices(scope, person)),
    setPushLevel: (person, channel, level) => run(() => push.setPushLevel(scope, person, channel, level)),
    pushLevel: (person, channel) => run(() => push.pushLevel(scope, person, channel)),
    pushLevels: (person) => run(() => push.pushLevels(scope, person)),
    setQuietHours: (person, hours) => run(() => push.setQuietHours(scope, person, hours)),
    quietHours: (person) => run(() => push.quietHours(scope, person)),
    setPushBodies: (workspace, bodies, request) => run(() => push.setPushBodies(scope, workspace, bodies, request)),
    pushBodies: (workspace) => run(() => push.pushBodies(scope, workspace)),
    audience: (workspace, channel, whom, page) =>
      run(async () => push.audience(scope, workspace, channel, { ...whom, named: few(whom.named) }, page)),
    setRetention: (workspace, channel, days, request) =>
      run(() => life.setRetention(scope, workspace, channel, days, request)),
    retention: (workspace, channel) => run(() => life.retention(scope, workspace, channel)),
    expiring: (page) => run(() => life.expiring(scope, page)),
    trimmed: (page) => run(() => life.trimmed(scope, page)),
    trimChannel: (workspace, channel, trim, request) =>
      run(() => life.trimChannel(scope, workspace, channel, trim, request)),
    putHold: (hold, request) => run(() => putHold(scope, hold, request)),
    releaseHold: (workspace, id, request) => run(() => releaseHold(scope, workspace, id, request)),
    holds: (workspace) => run(() => holds(scope, workspace)),
    requestErasure: (person, request) => run(() => erasure.requestErasure(scope, person, request)),
    openErasures: () => run(() => erasure.openErasures(scope)),
    erasures: (workspace) => run(() => erasure.erasures(scope, workspace)),
    leaveAll: (person, request) => run(() => erasure.leaveAll(scope, person, request)),
    finishErasure: (person, request) => run(() => erasure.finishErasure(scope, person, request)),
    outbox: (after, limit) => run(() => readOutbox(scope, after, limit)),
    settleOutbox: (ids) => run(() => settleOutbox(scope, ids)),
    audit: (workspace, filter, page) => run(() => readAudit(scope, workspace, filter, page)),
    auditOutbox: (limit) => run(() => readAuditOutbox(scope, limit)),
    settleAudit: (ids) => run(() => settleAudit(scope, ids)),
    forgetAudit: (time, limit) => run(() => forgetAudit(scope, time, limit)),
    close: () => run(() => db.destroy()),
  };
}
