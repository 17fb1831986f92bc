import type { Scope } from './scope.ts';

/**
 * The first of `count` new numbers. They come from a row that stays locked until the transaction ends, not from a sequence:
 * a sequence's numbers can become visible out of order, and a reader that goes on after the highest it has seen would miss
 * one for ever. Whoever takes of both takes change_ids first, so that no two transactions wait for each other.
 */
export async function takeNumbers(tx: Scope, name: 'change_id' | 'audit_id', count: number): Promise<number> {
  const { value: last } = await tx.db
    .updateTable('counters')
    .set((on) => ({ value: on('value', '+', count) }))
    .where('name', '=', name)
    .returning('value')
    .executeTakeFirstOrThrow();
  return last - count + 1;
}
