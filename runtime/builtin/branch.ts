import { Type } from '@sinclair/typebox';
import type { Input, Output, Processor } from '../processor.ts';
import type { Expression } from '../topology/expression.ts';

/** Conditions by output, in the file's order; undefined stands for `else`. */
export type Cases = readonly { output: string; condition: Expression | undefined }[];

/** The step of a branch node: each record leaves by the first output whose condition holds. */
export function branchProcessor(cases: Cases): Processor {
  return {
    doc: 'Sends each record out by the first output whose condition holds.',
    inputs: [],
    outputs: {},
    options: Type.Object({}),
    create: () => {
      const otherwise = cases.find(({ condition }) => condition === undefined);
      return (_state, input) => {
        const { value, key, time, schema, joined = {} } = input;
        const scope = { value, key, time, schema, joined };
        const found = cases.find(({ condition }) => condition?.(scope) === true) ?? otherwise;
        return found ? [passedOn(input, found.output)] : [];
      };
    },
  };
}

function passedOn({ schema, value, key }: Input, to: string): Output {
  return { to, schema, key, value } as Output;
}
