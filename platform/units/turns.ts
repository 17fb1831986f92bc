import { MillraceError } from '../errors/error.ts';
import type { ConsumerOffset } from './port.ts';

/**
 * Keeps the units of one consumer in their order where several are under way: one that is refused takes with it those that
 * were called behind it, for their offsets would leave its records out for ever.
 */
export class Turns {
  /** The last unit under way of each consumer and partition. */
  private readonly last = new Map<string, Turn>();

  /** Whether units of these consumers are under way. */
  areUnderWay(offsets: readonly ConsumerOffset[]): boolean {
    return this.last.size > 0 && placesOf(offsets).some((place) => this.last.has(place));
  }

  take(offsets: readonly ConsumerOffset[]): Turn {
    const places = placesOf(offsets);
    const turn = new Turn(places.flatMap((place) => this.last.get(place) ?? []));
    for (const place of places) this.last.set(place, turn);
    return turn;
  }

  /** The unit is committed, or its caller has been told that it is not: what is called from here on begins anew. */
  leave(turn: Turn): void {
    turn.before = [];
    for (const [place, last] of this.last) if (last === turn) this.last.delete(place);
  }
}

export class Turn {
  refused = false;

  constructor(
    /** Until it has left, so that what has been does not pile up. */
    public before: readonly Turn[],
  ) {}

  /** Runs the unit's changes, unless one before it was refused. */
  run<Result>(change: () => Result): Result {
    try {
      if (this.before.some((turn) => turn.refused))
        throw new MillraceError('unavailable', 'an earlier unit of work of this source was refused');
      return change();
    } catch (error) {
      this.refused = true;
      throw error;
    }
  }
}

function placesOf(offsets: readonly ConsumerOffset[]): string[] {
  return offsets.map(({ consumer, partition }) => `${consumer}/${partition}`);
}
