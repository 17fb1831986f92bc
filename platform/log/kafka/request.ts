/** An encoded record on its way. */
export interface Encoded {
  topic: string;
  partition: number;
  key: string;
  value: Buffer;
  headers?: { [name: string]: string };
}
/** Records in one request; what gathers beyond it waits for the next one. */
const mostRecords = 5000;
/**
 * Bytes of one partition in one request: kafkajs makes one batch of them, and a broker refuses, for good, one that is larger
 * than its topic allows. Below what brokers allow by themselves (1 MiB), for topics that were declared before this was.
 */
const mostBytes = 900 * 1024;
/** What a record costs besides its key and value: lengths, offsets, a header. */
const around = 150;

/** What one request holds: as much as brokers take at once, or one record that is larger. */
export class RequestSize {
  private records = 0;
  private readonly bytes = new Map<string, number>();

  /** Takes all of them or, where they don't all fit any more, none. */
  takes(records: Encoded[]): boolean {
    if (this.records > 0 && this.records + records.length > mostRecords) return false;
    const next = new Map<string, number>();
    for (const record of records) {
      const at = `${record.topic}/${record.partition}`;
      const before = next.get(at) ?? this.bytes.get(at) ?? 0;
      const after = before + sizeOf(record);
      if (before > 0 && after > mostBytes) return false;
      next.set(at, after);
    }
    for (const [at, bytes] of next) this.bytes.set(at, bytes);
    this.records += records.length;
    return true;
  }
}

/** Records of one call, cut where a request is full; in order. */
export function* inRequests(records: Encoded[]): Generator<Encoded[]> {
  let size = new RequestSize();
  let from = 0;
  for (const [at, record] of records.entries()) {
    if (size.takes([record])) continue;
    yield records.slice(from, at);
    from = at;
    size = new RequestSize();
    size.takes([record]);
  }
  yield records.slice(from);
}

function sizeOf({ key, value }: Encoded): number {
  return Buffer.byteLength(key) + value.length + around;
}
