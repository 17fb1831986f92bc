import type { RootDatabase, Transaction } from 'lmdb';

/** lmdb counts who reads in one; it ends with the last. */
type Counted = Transaction & { use(): void };

/**
 * What readers see of an environment: the last state that is on disk. lmdb by itself shows a commit before it is flushed
 * (`overlappingSync`, without which each takes twice as long), and what the machine's failure could take back must not be told.
 */
export class Snapshot {
  /** To be given to every read. */
  readonly reading: { transaction: Counted };

  constructor(private readonly root: RootDatabase) {
    this.reading = { transaction: this.newest() };
  }

  /** All that is committed is on disk now. */
  renew(): void {
    const { transaction } = this.reading;
    this.reading.transaction = this.newest();
    transaction.done();
  }

  /** Stays as it is until `done` is called. */
  hold(): Transaction {
    const { transaction } = this.reading;
    transaction.use();
    return transaction;
  }

  close(): void {
    this.reading.transaction.done();
  }

  private newest(): Counted {
    // Else it would be the one in which this turn of the event loop has read.
    this.root.resetReadTxn();
    return this.root.useReadTransaction() as Counted;
  }
}
