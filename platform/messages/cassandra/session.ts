import { readFileSync } from 'node:fs';
import cassandra from 'cassandra-driver';
import { MillraceError, messageOf } from '../../errors/error.ts';
import { applySchema } from './schema.ts';

export interface CassandraOptions {
  /** host:port of some nodes; the driver finds the others, at the same port. */
  contactPoints: string[];
  localDataCenter: string;
  keyspace: string;
  /** Copies in each datacenter, for a keyspace that is made. */
  replication: Record<string, number>;
  /** `one` for a single node; several need the quorum, so that a write is in every later read. */
  consistency?: 'local_quorum' | 'one';
  credentials?: { username: string; password: string };
  /** `ca`: file with the authorities that nodes' certificates may come from; undefined: those of Node. */
  tls?: { ca: string | undefined };
  /** How long events are kept for resume. Default 14 days. */
  event_ttl_s?: number;
}

export interface Statement {
  query: string;
  params: unknown[];
}

export type Row = cassandra.types.Row;

const page = 1_000;
/** What the port promises for a whole call, however many questions it takes. */
const deadline_ms = 5000;
/** How long one node may be silent before a second is asked. Above what a busy engine takes, so that it isn't asked twice. */
const secondNode_ms = 500;

/** A connected driver, with the project's deadline and errors. */
export class Session {
  private constructor(private readonly client: cassandra.Client) {}

  /** Connects, and brings the keyspace to this version. Errors: `unavailable`, `data_newer`. */
  static async open(options: CassandraOptions): Promise<Session> {
    // Making tables takes longer than a call may.
    const maker = new cassandra.Client({ ...clientOptions(options), socketOptions: { readTimeout: 30_000 } });
    try {
      await maker.connect();
      await applySchema(maker, options.keyspace, options.replication);
    } catch (error) {
      throw asUnavailable(error);
    } finally {
      await maker.shutdown();
    }
    const client = new cassandra.Client({ ...clientOptions(options), keyspace: options.keyspace });
    try {
      await client.connect();
    } catch (error) {
      await client.shutdown();
      throw asUnavailable(error);
    }
    return new Session(client);
  }

  /** All rows, page by page. */
  async rows(query: string, params: unknown[]): Promise<Row[]> {
    const result = await this.client.execute(query, params);
    if (result.pageState === undefined || result.pageState === null) return result.rows;
    const rows: Row[] = [];
    for await (const row of result) rows.push(row);
    return rows;
  }

  /** The first `most` rows, a page at a time, for a caller that may have seen enough before. */
  async *some(query: string, params: unknown[], most: number): AsyncGenerator<Row> {
    const result = await this.client.execute(`${query} LIMIT ?`, [...params, most], { fetchSize: page });
    for await (const row of result) yield row;
  }

  /** At once and whole, where all statements are of one partition. */
  async batch(statements: Statement[]): Promise<void> {
    const [only] = statements;
    if (statements.length === 1) await this.client.execute(only!.query, only!.params);
    else await this.client.batch(statements as { query: string; params: unknown[] }[], { logged: false });
  }

  /** Runs one call of the port. Error: `unavailable` when it takes longer than 5 s or the engine can't serve it. */
  async call<Result>(run: () => Promise<Result>): Promise<Result> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new MillraceError('unavailable', 'the message store does not answer', { retryAfter: 1 })),
        deadline_ms,
      );
    });
    try {
      return await Promise.race([run(), late]);
    } catch (error) {
      throw asUnavailable(error);
    } finally {
      clearTimeout(timer);
    }
  }

  close(): Promise<void> {
    return this.client.shutdown();
  }
}

export function clientOptions(options: CassandraOptions): cassandra.ClientOptions {
  const { consistencies } = cassandra.types;
  return {
    contactPoints: options.contactPoints,
    localDataCenter: options.localDataCenter,
    // The nodes that the driver finds are spoken to at this port, whatever the contact points say.
    protocolOptions: { port: portOf(options.contactPoints[0]) },
    ...(options.credentials && { credentials: options.credentials }),
    // The driver trusts any certificate unless it is told otherwise.
    ...(options.tls && {
      sslOptions: { rejectUnauthorized: true, ...(options.tls.ca ? { ca: [readFileSync(options.tls.ca)] } : {}) },
    }),
    encoding: { useBigIntAsLong: true },
    queryOptions: {
      prepare: true,
      // Every write may run twice, so the driver tries the next node by itself.
      isIdempotent: true,
      consistency: options.consistency === 'one' ? consistencies.one : consistencies.localQuorum,
    },
    policies: {
      // A node that is back is used at once; the default waits up to ten minutes.
      reconnection: new cassandra.policies.reconnection.ConstantReconnectionPolicy(500),
      // A node that stands still is not waited for: another is asked, too, and the first answer counts.
      speculativeExecution: new cassandra.policies.speculativeExecution.ConstantSpeculativeExecutionPolicy(
        secondNode_ms,
        1,
      ),
    },
    // Below the deadline, so that another node gets its turn within it.
    socketOptions: { connectTimeout: 2000, readTimeout: 2400 },
    pooling: { heartBeatInterval: 5000 },
  };
}

function portOf(contactPoint = ''): number {
  return Number(/:(\d+)$/.exec(contactPoint)?.[1] ?? 9042);
}

/** The driver says only that it tried all hosts, and prints the error of the first with its stack: here why, in a line. */
export function reasonOf(error: unknown): string {
  const inner = error instanceof cassandra.errors.NoHostAvailableError ? Object.values(error.innerErrors ?? {}) : [];
  return inner.length === 0 ? messageOf(error) : [...new Set(inner.map(messageOf))].join('; ');
}

/** Errors of the driver and the engine that another try may not meet. What a wrong statement causes stays as it is. */
export function asUnavailable(error: unknown): unknown {
  const { errors } = cassandra;
  const passing =
    error instanceof errors.NoHostAvailableError ||
    error instanceof errors.OperationTimedOutError ||
    error instanceof errors.BusyConnectionError ||
    (error instanceof errors.ResponseError && passingCodes.has(error.code));
  if (!passing) return error;
  return new MillraceError('unavailable', `the message store can't serve this: ${reasonOf(error)}`, {
    retryAfter: 1,
    cause: error,
  });
}

const codes = cassandra.types.responseErrorCodes;
const passingCodes = new Set<number>([
  codes.serverError,
  codes.unavailableException,
  codes.overloaded,
  codes.isBootstrapping,
  codes.writeTimeout,
  codes.readTimeout,
  codes.readFailure,
  codes.writeFailure,
]);
