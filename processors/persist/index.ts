import { Type } from '@sinclair/typebox';
import type { RowWrite } from '../../platform/messages/port.ts';
import { defineProcessor, type Output } from '../../runtime/processor.ts';
import type { MessageEvent } from '../../schemas/generated/types.ts';
import { rowsOf } from './rows.ts';

export default defineProcessor({
  doc: 'Turns each event into the rows that readers need, and lets it out behind them; answers pass in the same order.',
  inputs: ['MessageEvent', 'Answer'],
  outputs: { rows: 'Row', events: 'MessageEvent', answers: 'Answer' },
  options: Type.Object({}, { additionalProperties: false }),
  create: () => (_state, input) => {
    if (input.schema === 'Answer') {
      return [{ to: 'answers', schema: 'Answer', key: input.key, value: input.value }];
    }
    const event = input.value as MessageEvent;
    const outputs: Output[] = rowsOf(event).map((row: RowWrite) => ({
      to: 'rows',
      schema: 'Row',
      key: input.key,
      value: row,
    }));
    outputs.push({ to: 'events', schema: 'MessageEvent', key: input.key, value: event });
    return outputs;
  },
});
