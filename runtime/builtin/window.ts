import { Type } from '@sinclair/typebox';
import type { Flowing, Output, Processor, State } from '../processor.ts';

export interface WindowOptions {
  length_ms: number;
  keep: 'first' | 'last' | 'all';
  at_most: number;
}

/** The window that is open in a partition. Record time never falls there, so there is one at a time. */
interface Open {
  /** Record time divided by the length. */
  index: number;
  /** Rows of `kept` are numbered from 0 to below this. */
  count: number;
}

type Kept = Flowing & { key: string };

/**
 * The step of a window node: tumbling windows aligned to their length, by record time. A window ends with the first record
 * of a later one, or when it is full; what it kept leaves then, in order.
 */
export function windowProcessor({ length_ms, keep, at_most }: WindowOptions): Processor {
  return {
    doc: 'Gathers or coalesces the records of each key in windows of record time.',
    inputs: [],
    outputs: {},
    options: Type.Object({}),
    tables: {
      window: { doc: 'The open window.' },
      kept: { doc: 'Its records, numbered.' },
      places: { doc: 'The number of each key’s record, where one of each key is kept.' },
    },
    create: () => (state, input) => {
      const out: Output[] = [];
      let open = state.get('window', '') as Open | undefined;
      // Several sources may lie some time apart: a record of an ended window counts for the open one.
      const index = Math.max(Math.floor(input.time / length_ms), open?.index ?? 0);
      if (open && (index > open.index || open.count >= at_most)) {
        out.push(...emptied(state, open));
        open = undefined;
      }
      const { schema, value, key } = input;
      const record = { schema, value, key } as Kept;
      const count = open?.count ?? 0;
      const place = keep === 'all' ? undefined : (state.get('places', key) as number | undefined);
      if (place !== undefined) {
        if (keep === 'last') state.set('kept', String(place), record);
        return out;
      }
      state.set('kept', String(count), record);
      if (keep !== 'all') state.set('places', key, count);
      state.set('window', '', { index, count: count + 1 } satisfies Open);
      return out;
    },
  };
}

function emptied(state: State, { count }: Open): Output[] {
  const out: Output[] = [];
  for (let i = 0; i < count; i++) {
    const record = state.get('kept', String(i)) as Kept;
    out.push({ ...record, to: '' } as Output);
    state.set('kept', String(i), undefined);
    state.set('places', record.key, undefined);
  }
  return out;
}
