import { randomFrom } from './crowd.ts';

export interface SeededMessage {
  id: string;
  channel: number;
  author: string;
  text: string;
  /** The root's id, in a reply. */
  thread: string | null;
  time: number;
  reactions: Map<string, string[]>;
}

const words =
  'heron tram ledger quartz violet anchor bridge candle dagger ember falcon garnet harbor island jungle kernel lantern meadow nectar orchid'.split(
    ' ',
  );
const emoji = ['tada', 'eyes', '👍', 'heart', 'rocket'];
const month_ms = 30 * 24 * 3_600_000;

export const people = Array.from({ length: 40 }, (_, i) => `p${i}`);

/**
 * What a team of 40 said in ten channels within a month before `until`: the same for the same seed. A quarter are replies,
 * an eighth has reactions; each text has words of its own by which it is found.
 */
export function seededTeam(seed: number, count: number, until: number): SeededMessage[] {
  const random = randomFrom(seed);
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!;
  const roots: string[][] = Array.from({ length: 10 }, () => []);
  return Array.from({ length: count }, (_, i) => {
    const channel = Math.floor(random() ** 2 * 10);
    const root = roots[channel]!.at(-1 - Math.floor(random() * 20));
    const thread = root !== undefined && random() < 0.25 ? root : null;
    const id = `seed:${i}`;
    if (thread === null) roots[channel]!.push(id);
    const reactions = new Map<string, string[]>();
    if (random() < 0.125)
      for (let n = Math.ceil(random() * 3); n > 0; n--)
        reactions.set(pick(emoji), [...new Set([pick(people), pick(people)])]);
    const text = `${Array.from({ length: 4 + Math.floor(random() * 30) }, () => pick(words)).join(' ')} n${i}`;
    const time = until - month_ms + Math.floor((i / count) * month_ms);
    return { id, channel, author: pick(people), text, thread, time, reactions };
  });
}
