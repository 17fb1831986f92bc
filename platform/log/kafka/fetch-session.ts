/** A partition as a fetch names it. */
export interface Named {
  /** Of this partition alone. */
  key: string;
  topic: string;
  partition: number;
  /** The next one to fetch. */
  offset: number;
}

/** What a request says beside how long it waits and how much it takes. Partitions by topic. */
export interface SessionRequest {
  sessionId: number;
  sessionEpoch: number;
  named: Named[];
  forgotten: Named[];
}

/** Of an answer as a whole: the broker has given up the session, or counts its requests otherwise. */
const notFound = 70;
const otherEpoch = 71;
/** The epoch that begins a session, and the last one before they begin again at 1. */
const beginning = 0;
const lastEpoch = 2 ** 31 - 1;

/**
 * What one broker keeps of the partitions that a lane fetches from it (KIP-227): a request names those that are new, gone or
 * further, and an answer those that have something, where without a session each would list them all. A broker that keeps no
 * session, for it is older than 1.1 or has too many, is told all of them each time.
 */
export class FetchSession {
  private id = 0;
  private epoch = beginning;
  private readonly known = new Map<string, Named>();

  /** The next request, for all of these and no others; `answered` or `failed` must follow. */
  request(wanted: readonly Named[]): SessionRequest {
    if (this.epoch === beginning) this.known.clear();
    const named: Named[] = [];
    for (const { key, topic, partition, offset } of wanted) {
      if (this.known.get(key)?.offset === offset) continue;
      const one = { key, topic, partition, offset };
      this.known.set(key, one);
      named.push(one);
    }
    const forgotten = this.known.size > wanted.length ? this.forget(wanted) : [];
    return { sessionId: this.id, sessionEpoch: this.epoch, named, forgotten };
  }

  /** From where the last request asked for a partition. */
  offset(key: string): number | undefined {
    return this.known.get(key)?.offset;
  }

  /** Whether the answer is one: if not, the session begins anew with the next request. Error: one that no session explains. */
  answered({ errorCode = 0, sessionId = 0 }: { errorCode?: number; sessionId?: number }): boolean {
    if (errorCode === notFound || errorCode === otherEpoch) {
      this.failed();
      return false;
    }
    if (errorCode !== 0) throw new Error(`a fetch was refused with Kafka's error ${errorCode}`);
    this.id = sessionId;
    if (sessionId === 0) this.epoch = beginning;
    else this.epoch = this.epoch === lastEpoch ? 1 : this.epoch + 1;
    return true;
  }

  /** Nobody knows whether the broker took the request: the next one ends this session, and begins another. */
  failed(): void {
    this.epoch = beginning;
  }

  private forget(wanted: readonly Named[]): Named[] {
    const keys = new Set(wanted.map(({ key }) => key));
    const gone = [...this.known.values()].filter(({ key }) => !keys.has(key));
    for (const { key } of gone) this.known.delete(key);
    return gone;
  }
}
