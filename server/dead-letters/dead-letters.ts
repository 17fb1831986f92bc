import { MillraceError } from '../../platform/errors/error.ts';
import type { Append, Log } from '../../platform/log/port.ts';
import type { Codec, SchemaName } from '../../platform/schemas/codec.ts';
import { redriveTopic } from '../../runtime/task/intake.ts';
import type { SourcePlan, TopologyPlan } from '../../runtime/topology/plan.ts';
import type { DeadLetterOutcome } from '../../schemas/generated/types.ts';
import { fits, grouped, type LetterFilter, type LetterGroup } from './filter.ts';
import { byPlace, laneOf, overtaken } from './order.ts';
import { readValue, writeValue } from './value.ts';
import { DeadLetterView, type LetterSummary, outcomeTopic } from './view.ts';

/** Some letters by their ids, or all that fit a filter. */
export type Chosen = { ids: number[] } | { filter: LetterFilter };

export interface ShownLetter extends LetterSummary {
  schema: string | null;
  value: unknown;
  /** Why there is no value. */
  unreadable: string | null;
  /** The record's bytes, where they can't be read: hexadecimal. */
  bytes: string | null;
}

export interface DeadLetterParts {
  log: Log;
  codec: Codec;
  /** Letters kept in memory; default 20,000. */
  most?: number;
  /** The plan by which a topology runs now. */
  planOf(topology: string): TopologyPlan | undefined;
  now?(): number;
}

/**
 * What operators do with records that were given up: look, send them back into the topology that gave them up, or drop
 * them. Changes come one after the other, and a letter about which something was done is not taken again, so a repeated
 * call does no harm; one that fails again is a new letter.
 */
export class DeadLetters {
  private readonly view: DeadLetterView;
  private changing: Promise<unknown> = Promise.resolve();

  constructor(private readonly parts: DeadLetterParts) {
    this.view = new DeadLetterView(parts.log, parts.most);
  }

  /** Oldest first; the newest `limit` of them. `total`: how many fit. */
  async list(filter: LetterFilter, limit: number): Promise<{ letters: LetterSummary[]; total: number }> {
    const letters = await this.fitting(filter);
    return { letters: letters.slice(-limit), total: letters.length };
  }

  async groups(filter: LetterFilter): Promise<LetterGroup[]> {
    return grouped(await this.fitting(filter));
  }

  /** Error: `not_found`. */
  async show(id: number): Promise<ShownLetter> {
    const { summary, value } = await this.found(id);
    const read = readValue(this.parts.codec, value);
    return 'decoded' in read
      ? { ...summary, schema: read.decoded.schema, value: read.decoded.value, unreadable: null, bytes: null }
      : { ...summary, schema: null, value: null, unreadable: read.unreadable, bytes: value.toString('hex') };
  }

  /**
   * Sends letters back, those of a key in their order; `edited`: one letter, with another value. Resolves with the ids that
   * went; those about which something was done already are left out. Errors: `not_found`; `conflict` where a letter would
   * overtake an earlier one of its key, has no source to go to or no value that can be read; `invalid_request` for a value
   * that does not fit its schema. Then none has gone.
   */
  redrive(chosen: Chosen, edited?: { value: unknown }): Promise<number[]> {
    return this.exclusively(async () => {
      const all = await this.view.all();
      const letters = (await this.unresolved(chosen, all)).sort(byPlace);
      const lanes = new Set(letters.map(laneOf));
      const older = await this.view.older((letter) => lanes.has(laneOf(letter)));
      const [first] = overtaken(letters, [...older, ...all]);
      if (first) {
        const ids = first.before.map(({ id }) => id);
        throw new MillraceError(
          'conflict',
          `letter ${first.letter.id} would overtake ${ids.slice(0, 5).join(', ')}${ids.length > 5 ? ', …' : ''} of the same key: redrive all letters of the key, or deal with the earlier ones first`,
        );
      }
      const appends: Append[] = [];
      for (const letter of letters) appends.push(await this.redriveOf(letter, edited));
      await this.resolve(letters, 'redriven', edited !== undefined, appends);
      return letters.map(({ id }) => id);
    });
  }

  /** Marks letters as done with; the ids of those that were not already. Error: `not_found`. */
  drop(chosen: Chosen): Promise<number[]> {
    return this.exclusively(async () => {
      const letters = await this.unresolved(chosen, await this.view.all());
      await this.resolve(letters, 'dropped', false, []);
      return letters.map(({ id }) => id);
    });
  }

  private async redriveOf(letter: LetterSummary, edited: { value: unknown } | undefined): Promise<Append> {
    const source = this.sourceOf(letter);
    const { partitions } = this.parts.log.topic(redriveTopic) ?? { partitions: 0 };
    if (letter.partition >= partitions)
      throw new MillraceError(
        'conflict',
        `letter ${letter.id} is of partition ${letter.partition}: the topic ${redriveTopic} needs more than the ${partitions} partitions it has`,
      );
    const { value: bytes } = await this.found(letter.id);
    const read = readValue(this.parts.codec, bytes);
    if (!edited && 'unreadable' in read)
      throw new MillraceError('conflict', `letter ${letter.id} can't be read, so no node could: ${read.unreadable}`);
    const schema = 'decoded' in read ? read.decoded.schema : (source.schema as SchemaName);
    const value = edited ? writeValue(this.parts.codec, schema, edited.value) : bytes;
    const { id, topology, topic, partition, offset, time, key } = letter;
    return {
      topic: redriveTopic,
      // Where the record was: there its topology's task reads it, after all that went back before it.
      partition,
      key,
      schema: 'Redrive',
      value: { letter: id, topology, source: source.id, topic, partition, offset, time, key, value },
    };
  }

  private sourceOf(letter: LetterSummary): SourcePlan {
    const plan = this.parts.planOf(letter.topology);
    if (!plan) throw new MillraceError('conflict', `letter ${letter.id}: no topology ${letter.topology} runs any more`);
    const source = plan.nodes.find(
      (node): node is SourcePlan =>
        node.kind === 'source' && (letter.source === '' ? node.topic === letter.topic : node.id === letter.source),
    );
    if (source) return source;
    throw new MillraceError(
      'conflict',
      `letter ${letter.id}: ${letter.topology} has no source "${letter.source || letter.topic}" any more; drop the letter, or roll back`,
    );
  }

  /** Both in one append: an outcome is never there without its redrive. */
  private async resolve(
    letters: LetterSummary[],
    outcome: DeadLetterOutcome['outcome'],
    edited: boolean,
    appends: Append[],
  ): Promise<void> {
    const at = (this.parts.now ?? Date.now)();
    const outcomes = letters.map(
      ({ id }): Append => ({
        topic: outcomeTopic,
        key: String(id),
        schema: 'DeadLetterOutcome',
        value: { letter: id, outcome, edited, at },
      }),
    );
    if (outcomes.length > 0) await this.parts.log.append([...appends, ...outcomes]);
  }

  private async unresolved(chosen: Chosen, all: LetterSummary[]): Promise<LetterSummary[]> {
    if ('filter' in chosen) return this.fitting({ ...chosen.filter, resolved: false });
    const known = new Map(all.map((letter) => [letter.id, letter]));
    const letters: LetterSummary[] = [];
    for (const id of new Set(chosen.ids)) {
      const letter = known.get(id) ?? (await this.found(id)).summary;
      if (letter.outcome === null) letters.push(letter);
    }
    return letters;
  }

  private async fitting(filter: LetterFilter): Promise<LetterSummary[]> {
    const now = (this.parts.now ?? Date.now)();
    return (await this.view.all()).filter((letter) => fits(letter, filter, now));
  }

  private async found(id: number) {
    const letter = await this.view.letter(id);
    if (!letter) throw new MillraceError('not_found', `there is no dead letter ${id}, or no longer`);
    return letter;
  }

  private exclusively<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.changing.then(work, work);
    this.changing = result.catch(() => undefined);
    return result;
  }
}
