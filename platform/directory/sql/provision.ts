import type { Person, Role, User } from '../port.ts';
import { nameKey } from './names.ts';
import { inTransaction, type Scope } from './scope.ts';
import type { UserRow } from './tables.ts';
import { findUser, userOf } from './users.ts';

export type Provisioned = Person & { name?: string | undefined; email?: string | undefined; role: Role };

interface Waiting {
  person: Provisioned;
  resolve(user: User): void;
  reject(error: unknown): void;
}

/** People in one transaction: one flush for all of them, and no other call held up for long. */
const batch = 200;

/**
 * Provisions people. When many sign in for the first time at once, those who wait share a transaction, so that not
 * each of them waits for all the others' flushes.
 */
export class Provisioner {
  // Bounded by the calls that a worker (or a pool of connections) takes at once.
  private readonly waiting: Waiting[] = [];
  private running = false;

  constructor(
    private readonly scope: Scope,
    private readonly clock: () => number,
  ) {}

  async provision(person: Provisioned): Promise<User> {
    // Almost every call finds all as it is: a read alone spares the flush.
    const known = await findUser(this.scope, person);
    if (known && !differs(known, person)) return known;
    return new Promise((resolve, reject) => {
      this.waiting.push({ person, resolve, reject });
      if (!this.running) void this.drain();
    });
  }

  private async drain(): Promise<void> {
    this.running = true;
    while (this.waiting.length > 0) {
      const group = this.waiting.splice(0, batch);
      try {
        const users = await inTransaction(this.scope, async (tx) => {
          const written: User[] = [];
          for (const { person } of group) written.push(await write(tx, person, this.clock()));
          return written;
        });
        group.forEach((one, index) => {
          one.resolve(users[index]!);
        });
      } catch (error) {
        for (const one of group) one.reject(error);
      }
    }
    this.running = false;
  }
}

async function write(tx: Scope, person: Provisioned, now: number): Promise<User> {
  const current = await findUser(tx, person);
  const name = person.name ?? current?.name ?? person.user_id;
  const row: UserRow = {
    workspace_id: person.workspace_id,
    user_id: person.user_id,
    id_key: nameKey(person.user_id),
    name,
    name_key: nameKey(name),
    email: person.email ?? current?.email ?? null,
    role: person.role,
    deactivated: current?.deactivated ? 1 : 0,
    created_at: current?.created_at ?? now,
  };
  await tx.db
    .insertInto('workspaces')
    .values({ workspace_id: person.workspace_id, created_at: now })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const { name_key, email, role } = row;
  await tx.db
    .insertInto('users')
    .values(row)
    .onConflict((conflict) =>
      conflict.columns(['workspace_id', 'user_id']).doUpdateSet({ name, name_key, email, role }),
    )
    .execute();
  return userOf(row);
}

function differs(known: User, wanted: Provisioned): boolean {
  return (
    known.role !== wanted.role ||
    (wanted.name !== undefined && known.name !== wanted.name) ||
    (wanted.email !== undefined && known.email !== wanted.email)
  );
}
