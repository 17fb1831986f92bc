import type { State } from '../../runtime/processor.ts';

/** A second with keys that are due in it, in chunks numbered from `from` to below `to`. */
type Second = [second: number, from: number, to: number];

/** So many keys in a row: a row that many are added to is not written whole each time. */
const chunk = 100;

/** Keys by when they are due, in seconds of record time: rows of the table `due`, found without a scan. */
export class DueList {
  constructor(private readonly state: State) {}

  add(key: string, due_ms: number): void {
    const second = Math.ceil(due_ms / 1000);
    const seconds = this.seconds();
    const at = seconds.findIndex(([known]) => known >= second);
    const known = seconds[at];
    if (known?.[0] !== second) {
      this.state.set('due', `${second} 0`, [key]);
      seconds.splice(at < 0 ? seconds.length : at, 0, [second, 0, 1]);
      this.state.set('due', '', seconds);
      return;
    }
    const [, from, to] = known;
    const last = this.keys(second, to - 1);
    if (last.length < chunk) {
      this.state.set('due', `${second} ${to - 1}`, [...last, key]);
      return;
    }
    this.state.set('due', `${second} ${to}`, [key]);
    seconds[at] = [second, from, to + 1];
    this.state.set('due', '', seconds);
  }

  /** Takes keys that are due, the first ones first: chunk by chunk until there are `least`, or no more. */
  take(now_ms: number, least: number): string[] {
    const seconds = this.seconds();
    const keys: string[] = [];
    let changed = false;
    while (seconds.length > 0 && seconds[0]![0] * 1000 <= now_ms && keys.length < least) {
      const [second, from, to] = seconds[0]!;
      keys.push(...this.keys(second, from));
      this.state.set('due', `${second} ${from}`, undefined);
      if (from + 1 === to) seconds.shift();
      else seconds[0] = [second, from + 1, to];
      changed = true;
    }
    if (changed) this.state.set('due', '', seconds);
    return keys;
  }

  private keys(second: number, number: number): string[] {
    return (this.state.get('due', `${second} ${number}`) as string[] | undefined) ?? [];
  }

  /** As many as seconds of grace and of a burst, and as minutes of a day at which quiet hours may end: 1,440 more. */
  private seconds(): Second[] {
    return [...((this.state.get('due', '') as Second[] | undefined) ?? [])];
  }
}

/** Of rows that partitions have under one key, one that has all: a key that is not this partition's is due in vain. */
export function mergeDue(key: string, values: unknown[]): unknown {
  if (key !== '') return values.flat();
  const seconds = new Map<number, Second>();
  for (const [second, from, to] of (values as Second[][]).flat()) {
    const known = seconds.get(second);
    seconds.set(second, known ? [second, Math.min(known[1], from), Math.max(known[2], to)] : [second, from, to]);
  }
  return [...seconds.values()].sort(([a], [b]) => a - b);
}
