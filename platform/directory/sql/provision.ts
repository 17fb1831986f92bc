import { setImmediate } from 'node:timers/promises';
import type { Person, Role, User } from '../port.ts';
import { nameKey } from './names.ts';
import { inTransaction, type Scope } from './scope.ts';
import type { UserRow } from './tables.ts';
import { userOf, userRows } from './users.ts';

export type Provisioned = Person & { name?: string | undefined; email?: string | undefined; role: Role };

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

  constructor(
    private readonly scope: Scope,
    private readonly clock: () => number,
  ) {}

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
        for (const one of group) one.reject(error);
      }
    }
    this.running = false;
  }

  /** Almost always all is as it should be: a read alone spares the flush. Undefined where something has to be written. */
  private async asTheyAre(people: Provisioned[]): Promise<User[] | undefined> {
    const { users, changed } = merge(people, await current(this.scope, people), 0);
    return changed.length === 0 ? users : undefined;
  }

  private write(people: Provisioned[]): Promise<User[]> {
    return inTransaction(this.scope, async (tx) => {
      const { users, changed } = merge(people, await current(tx, people), this.clock());
      if (changed.length > 0) await put(tx, changed);
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

/** What each call results in, one after the other, and the rows that differ from `known` in the end. */
function merge(people: Provisioned[], known: Map<string, UserRow>, now: number): { users: User[]; changed: UserRow[] } {
  const rows = new Map(known);
  const changed = new Map<string, UserRow>();
  const users = people.map((person) => {
    const key = keyOf(person);
    const before = rows.get(key);
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
    deactivated: before?.deactivated ?? 0,
    created_at: before?.created_at ?? now,
  };
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
