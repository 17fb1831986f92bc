import { Environment } from '@marcbachmann/cel-js';
import { MillraceError } from '../../platform/errors/error.ts';
import type { Tapped } from '../../runtime/observing/taps.ts';

const environment = new Environment({ unlistedVariablesAreDyn: false })
  .registerVariable('value', 'dyn')
  .registerVariable('key', 'string')
  .registerVariable('schema', 'string')
  .registerVariable('output', 'string')
  .registerVariable('time', 'double')
  .registerVariable('offset', 'double')
  .registerVariable('partition', 'double');

/**
 * Whether a record fits a CEL expression over value, key, schema, output, time, offset and partition; 64-bit ids are
 * strings. Error: `invalid_request` for what is no expression that gives a bool. The result throws where a record lacks
 * what the expression asks of it.
 */
export function compileWhere(text: string): (record: Tapped) => boolean {
  const { valid, type, error } = environment.check(text);
  if (!valid) throw new MillraceError('invalid_request', `where: ${error!.message}`);
  if (type !== 'bool' && type !== 'dyn')
    throw new MillraceError('invalid_request', `where: gives ${type}, and must give bool`);
  const parsed = environment.parse(text);
  return ({ value, key, schema, time, offset, partition, to }) =>
    parsed({ value, key, schema, time, offset, partition, output: to ?? '' }) === true;
}
