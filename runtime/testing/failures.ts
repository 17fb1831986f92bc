import type { ErrorCode } from '../../platform/errors/catalogue.ts';
import { MillraceError } from '../../platform/errors/error.ts';
import { contains } from './match.ts';

/** A failure to inject: the next `times` calls of a node's step or effect are refused with an error of the catalogue. */
export interface Failure {
  times: number;
  code: ErrorCode;
  /** Only for records whose value contains this; others pass, and do not count. */
  when?: unknown;
}

/** Failures planned for nodes, each used up by the calls that it fails. */
export class Failures {
  private readonly planned: { node: string; used: number; failure: Failure }[] = [];

  plan(node: string, failure: Failure): void {
    this.planned.push({ node, used: 0, failure });
  }

  /** Throws where a call of the node with these values is to fail. */
  check(node: string, values: readonly unknown[]): void {
    const found = this.planned.find(
      ({ node: other, used, failure }) =>
        other === node &&
        used < failure.times &&
        (failure.when === undefined || values.some((value) => contains(value, failure.when))),
    );
    if (!found) return;
    found.used++;
    throw new MillraceError(found.failure.code, `a failure of "${node}" that the test planned`);
  }

  /** Failures that have not come as often as planned, in words. */
  left(): string[] {
    const open = this.planned.filter(({ used, failure }) =>
      failure.times === Infinity ? used === 0 : used < failure.times,
    );
    return open.map(({ node, used, failure }) => `"${node}" failed ${used} of ${failure.times} times`);
  }
}
