import { setImmediate } from 'node:timers/promises';
import { erasedUser } from '../../keys.ts';
import type { Person } from '../person.ts';
import type { Role, User } from '../port.ts';
import { type Audited, writeAudit } from './audit.ts';
import { nameKey, personHash } from './names.ts';
import { inTransaction, type Scope } from './scope.ts';
import type { UserRow } from './tables.ts';
import { userOf, userRows } from './users.ts';

export type Provisioned = Person & {
  name?: string | undefined;
  email?: string | undefined;
  role: Role;
  deactivated?: boolean | undefined;
};

interface Waiting {
  person: Provisioned;
  resolve(user: User): void;
  reject(error: unknown): void;
}

/** People in one transaction: one flush for all of them, and no other call held up for long. */
const batch = 200;

/**
 * Provisions people. When many sign in at once, those who wait share their questions, their transaction and its flush:
 * else each of them would wait for all the others' flushes.
 */
export class Provisioner {
  // Bounded by the calls that a worker (or a pool of connections) takes at once.
  private readonly waiting: Waiting[] = [];
  private running = false;

  constructor(private readonly scope: Scope) {}

  provision(person: Provisioned): Promise<User> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ person, resolve, reject });
      if (!this.running) void this.drain();
    });
  }

  private async drain(): Promise<void> {
    this.running = true;
    while (this.waiting.length > 0) {
      // Lets the messages in that have arrived at the thread meanwhile: SQLite itself never waits for anything.
      await setImmediate();
      const group = this.waiting.splice(0, batch);
      try {
        const people = group.map((one) => one.person);
        const users = (await this.asTheyAre(people)) ?? (await this.write(people));
        group.forEach((one, index) => {
          one.resolve(users[index]!);
        });
      } catch (error) {
        if (group.length === 1 || this.scope.dialect.asUnavailable(error)) for (const one of group) one.reject(error);
        else await this.oneByOne(group);
      }
    }
    this.running = false;
  }

  /** One of them can't be written: that fails alone. */
  private async oneByOne(group: Waiting[]): Promise<void> {
    for (const { person, resolve, reject } of group)
      await this.write([person]).then(([user]) => resolve(user!), reject);
  }

  /** Almost always all is as it should be: a read alone spares the flush. Undefined where something has to be written. */
  private async asTheyAre(people: Provisioned[]): Promise<User[] | undefined> {
    const { users, changed } = merge(people, await current(this.scope, people), await erased(this.scope, people), 0);
    return changed.length === 0 ? users : undefined;
  }

  private write(people: Provisioned[]): Promise<User[]> {
    return inTransaction(this.scope, async (tx) => {
      const known = await current(tx, people);
      const { users, changed } = merge(people, known, await erased(tx, people), tx.clock());
      if (changed.length > 0) await put(tx, changed);
      await writeAudit(tx, roleChanges(changed, known));
      return users;
    });
  }
}

function keyOf(person: Person): string {
  return JSON.stringify([person.workspace_id, person.user_id]);
}

async function current(scope: Scope, people: Provisioned[]): Promise<Map<string, UserRow>> {
  const found = new Map<string, UserRow>();
  for (const workspaceId of new Set(people.map((person) => person.workspace_id))) {
    const ids = people.filter((person) => person.workspace_id === workspaceId).map((person) => person.user_id);
    for (const row of await userRows(scope, workspaceId, ids)) found.set(keyOf(row), row);
  }
  return found;
}

/** Those who were erased, or are to be: nothing makes them anew, or gives them a name again. */
async function erased(scope: Scope, people: Provisioned[]): Promise<Set<string>> {
  const found = new Set<string>();
  for (const workspaceId of new Set(people.map((person) => person.workspace_id))) {
    const ids = people.filter((person) => person.workspace_id === workspaceId).map((person) => person.user_id);
    const byHash = new Map(ids.map((id) => [personHash(workspaceId, id), id]));
    const rows = await scope.db
      .selectFrom('erasures')
      .select('person_hash')
      .where('workspace_id', '=', workspaceId)
      .where(
        'person_hash',
        'in',
        scope.db.selectFrom(scope.dialect.listed([...byHash.keys()]).as('listed')).select('listed.id'),
      )
      .execute();
    for (const { person_hash } of rows)
      found.add(keyOf({ workspace_id: workspaceId, user_id: byHash.get(person_hash)! }));
  }
  return found;
}

/** What each call results in, one after the other, and the rows that differ from `known` in the end. */
function merge(
  people: Provisioned[],
  known: Map<string, UserRow>,
  gone: Set<string>,
  now: number,
): { users: User[]; changed: UserRow[] } {
  const rows = new Map(known);
  const changed = new Map<string, UserRow>();
  const users = people.map((person) => {
    const key = keyOf(person);
    const before = rows.get(key);
    if (gone.has(key))
      return userOf(
        before ?? { ...rowOf({ ...person, name: erasedUser }, undefined, now), email: null, deactivated: 1 },
      );
    const row = rowOf(person, before, now);
    if (!before || before.name !== row.name || before.email !== row.email || before.role !== row.role) {
      rows.set(key, row);
      changed.set(key, row);
    }
    return userOf(row);
  });
  return { users, changed: [...changed.values()] };
}

function rowOf(person: Provisioned, before: UserRow | undefined, now: number): UserRow {
  const name = person.name ?? before?.name ?? person.user_id;
  return {
    workspace_id: person.workspace_id,
    user_id: person.user_id,
    id_key: nameKey(person.user_id),
    name,
    name_key: nameKey(name),
    email: person.email ?? before?.email ?? null,
    role: person.role,
    deactivated: before?.deactivated ?? Number(person.deactivated ?? false),
    created_at: before?.created_at ?? now,
  };
}

/** A role comes with a token, so whoever signs tokens has changed it: the record names the person themself. */
function roleChanges(changed: UserRow[], known: Map<string, UserRow>): Audited[] {
  return changed.flatMap((row) => {
    const before = known.get(keyOf(row))?.role;
    if (before === undefined || before === row.role) return [];
    const { workspace_id, user_id } = row;
    const changes = [{ field: 'role', before, after: row.role }];
    return [{ workspace_id, actor_id: user_id, trace_id: '', action: 'role.changed', user_ids: [user_id], changes }];
  });
}

async function put(tx: Scope, rows: UserRow[]): Promise<void> {
  const workspaces = new Map(rows.map((row) => [row.workspace_id, row.created_at]));
  await tx.db
    .insertInto('workspaces')
    .values([...workspaces].map(([workspace_id, created_at]) => ({ workspace_id, created_at })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  await tx.db
    .insertInto('users')
    .values(rows)
    .onConflict((conflict) =>
      conflict.columns(['workspace_id', 'user_id']).doUpdateSet((on) => ({
        name: on.ref('excluded.name'),
        name_key: on.ref('excluded.name_key'),
        email: on.ref('excluded.email'),
        role: on.ref('excluded.role'),
      })),
    )
    .execute();
}
