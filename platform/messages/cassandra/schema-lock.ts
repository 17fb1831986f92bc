import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { MillraceError } from '../../errors/error.ts';

/** Runs a statement; its first row. */
export type Ask = (statement: string, params?: unknown[]) => Promise<{ [column: string]: unknown } | undefined>;

/** A holder that died holds no longer than this; longer than any one statement takes. */
const held_s = 60;
const again_ms = 250;
/** Others may have all versions to make. */
const patience_ms = 180_000;

/**
 * Who may change a keyspace's tables: Cassandra lets two nodes make one table at once, and they then disagree about it. A row
 * under a lightweight transaction, which expires with its holder.
 */
export class SchemaLock {
  private readonly holder = randomUUID();

  constructor(
    private readonly ask: Ask,
    private readonly keyspace: string,
  ) {}

  /** Waits while somebody else holds it. Error: `unavailable` after three minutes. */
  async take(): Promise<void> {
    for (const until = Date.now() + patience_ms; ; await sleep(again_ms)) {
      const row = await this.ask(
        `INSERT INTO ${this.keyspace}.schema_lock (name, holder) VALUES ('tables', ?) IF NOT EXISTS USING TTL ${held_s}`,
        [this.holder],
      );
      // The driver may have sent it twice, and the second one met the first.
      if (row?.['[applied]'] === true || row?.['holder'] === this.holder) return;
      if (Date.now() > until)
        throw new MillraceError('unavailable', `other processes change the tables of ${this.keyspace} all the time`);
    }
  }

  /** Before each statement. Error: `unavailable` for a holder that was taken for dead. */
  async renew(): Promise<void> {
    const row = await this.ask(
      `UPDATE ${this.keyspace}.schema_lock USING TTL ${held_s} SET holder = ? WHERE name = 'tables' IF holder = ?`,
      [this.holder, this.holder],
    );
    if (row?.['[applied]'] !== true)
      throw new MillraceError('unavailable', `another process took over the tables of ${this.keyspace}: start again`);
  }

  /** Where it can't be given back it expires: the tables are as they should be, or why they are not is told already. */
  async release(): Promise<void> {
    const gone = `DELETE FROM ${this.keyspace}.schema_lock WHERE name = 'tables' IF holder = ?`;
    await this.ask(gone, [this.holder]).catch(() => undefined);
  }
}
