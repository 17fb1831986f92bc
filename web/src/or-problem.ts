import { MillraceError } from '../../client/index.ts';
import { fill } from './dom.ts';

/** The result, or undefined after showing why there is none. */
export async function orProblem<T>(call: Promise<T>, place: HTMLElement): Promise<T | undefined> {
  try {
    fill(place);
    return await call;
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error;
    fill(place, error.detail);
    return undefined;
  }
}
