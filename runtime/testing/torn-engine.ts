import { MemoryLog } from '../../platform/log/memory.ts';
import type { Append, Position } from '../../platform/log/port.ts';
import type { RowWrite } from '../../platform/messages/port.ts';
import type { Notice, PushWork } from '../../platform/push/work.ts';
import type { Codec } from '../../platform/schemas/codec.ts';
import type { SearchDocument } from '../../platform/search/port.ts';
import { MemoryState } from '../../platform/state/memory.ts';
import type { Unit, Units } from '../../platform/units/port.ts';
import { Turns } from '../../platform/units/turns.ts';
import type { PushDue } from '../../schemas/generated/types.ts';

/** What a planned crash throws, and whatever a dead process tries after it. */
export class Crash extends Error {}

/** The steps of a unit of work in their order; a crash falls before one of them. */
export const stepKinds = ['documents', 'rows', 'append', 'state'] as const;
export type StepKind = (typeof stepKinds)[number];

/** A place for a crash: before the `number`-th (from 1) step of a kind, counted from when it is planned. */
export interface CrashPoint {
  before: StepKind;
  number: number;
}

/** A step that an engine has taken, for enumerating the places where a crash can fall. */
export interface Step {
  kind: StepKind;
  /** The unit that it belongs to, from 1; documents are handed over before their unit commits. */
  unit: number;
}

/**
 * An engine without atomic commits, as separate servers are: a unit takes effect in steps (documents, rows, each append,
 * then state with offsets), and a planned crash falls between any two. What was done before it stays.
 */
export class TornEngine implements Units {
  readonly log: MemoryLog;
  private rowsOfState = new MemoryState();
  readonly rows: RowWrite[] = [];
  readonly appended: (Append & Position)[] = [];
  readonly documents: SearchDocument[] = [];
  readonly notices: Notice[] = [];
  readonly dues: PushDue[] = [];
  /** Every step taken, in order. */
  readonly steps: Step[] = [];
  /** Called at a planned crash; what still runs of the process can be told. */
  onCrash: (() => void) | undefined;
  /** How many turns of the event loop a commit takes; several are then under way at once, and keep their order. */
  slowness: () => number = () => 0;
  /** Commits that were called and are not through. */
  committing = 0;
  private last: Promise<unknown> = Promise.resolve();
  private readonly turns = new Turns();
  private readonly offsets = new Map<string, number>();
  private readonly points: CrashPoint[] = [];
  private units = 0;
  private dead = false;

  constructor(
    private readonly codec: Codec,
    clock: () => number,
    /** How many steps each life of the process survives; the last life survives all. */
    private readonly lives: number[] = [],
  ) {
    this.log = new MemoryLog(codec, clock);
  }

  get state(): MemoryState {
    return this.rowsOfState;
  }

  /** The states are lost, as with a disk; tasks that begin from here on find none. */
  forgetState(): void {
    this.rowsOfState = new MemoryState();
  }

  get crashed(): boolean {
    return this.dead;
  }

  /** Plans a crash: after so many more steps, or before a step of a kind. Several may be planned. */
  crashAt(point: number | CrashPoint): void {
    if (typeof point === 'number') this.lives.push(point);
    else this.points.push({ ...point });
  }

  /** Plans that did not come about. */
  get planned(): number {
    return this.points.length + this.lives.length;
  }

  /** The process begins anew on what is left. */
  restart(): void {
    this.dead = false;
  }

  /** Takes what is to be pushed. */
  readonly push: PushWork = {
    audience: async (notices) => {
      this.step('documents', this.units + 1);
      this.notices.push(...notices);
    },
    phones: async (dues) => {
      this.step('documents', this.units + 1);
      this.dues.push(...dues);
      return dues.map(() => undefined);
    },
  };

  /** Takes documents for the search index. */
  async index(documents: SearchDocument[]): Promise<void> {
    this.step('documents', this.units + 1);
    this.documents.push(...documents);
  }

  async commit(unit: Unit): Promise<Position[]> {
    const turn = this.turns.take(unit.offsets);
    const before = this.last;
    const work = this.inOrder(before, () => turn.run(() => this.takeEffect(unit)));
    this.last = work.catch(() => undefined);
    this.committing++;
    try {
      return await work;
    } finally {
      this.committing--;
      this.turns.leave(turn);
    }
  }

  async offset(consumer: string, partition: number): Promise<number | undefined> {
    return this.offsets.get(`${consumer}/${partition}`);
  }

  private async inOrder<Result>(before: Promise<unknown>, work: () => Result): Promise<Result> {
    const turns = this.slowness();
    // Nothing is under way: it takes effect at once.
    if (this.committing > 0) await before;
    for (let i = 0; i < turns; i++) await new Promise((resolve) => setImmediate(resolve));
    return work();
  }

  private takeEffect(unit: Unit): Position[] {
    const number = ++this.units;
    this.step('rows', number);
    this.rows.push(...unit.rows);
    const positions: Position[] = [];
    for (const append of unit.appends) {
      this.step('append', number);
      // A value that does not fit its schema fails here, as it would on its way to any server.
      this.codec.encode(append.schema, append.value as never);
      const [position] = this.log.appendNow([append]);
      this.appended.push({ ...append, ...position! });
      positions.push(position!);
    }
    this.step('state', number);
    this.state.write(unit.state);
    for (const fold of unit.folds) {
      const last = lastPosition(unit.appends, positions, fold.topic);
      if (last)
        this.state.write([
          { state: fold.state, table: '_own', key: 'fold', value: { next: last.offset + 1, origin: fold.origin } },
        ]);
    }
    for (const { consumer, partition, offset } of unit.offsets) this.offsets.set(`${consumer}/${partition}`, offset);
    return positions;
  }

  private step(kind: StepKind, unit: number): void {
    // A dead process does nothing more, whatever it still had under way.
    if (this.dead) throw new Crash();
    const reached = this.points.filter((point) => point.before === kind && --point.number === 0);
    for (const point of reached) this.points.splice(this.points.indexOf(point), 1);
    const [life] = this.lives;
    if (life === 0) this.lives.shift();
    else if (life !== undefined) this.lives[0] = life - 1;
    if (reached.length === 0 && life !== 0) {
      this.steps.push({ kind, unit });
      return;
    }
    this.dead = true;
    this.onCrash?.();
    throw new Crash(`a planned crash before ${kind} of unit ${unit}`);
  }
}

function lastPosition(appends: Append[], positions: Position[], topic: string): Position | undefined {
  const at = appends.map((append) => append.topic).lastIndexOf(topic);
  return at < 0 ? undefined : positions[at];
}
