import { Type } from '@sinclair/typebox';
import { defineProcessor } from '../../runtime/processor.ts';
import type { MessageEvent } from '../../schemas/generated/types.ts';
import { documentOf } from './document.ts';

export default defineProcessor({
  doc: 'Makes the search document of a message that was created, edited or deleted.',
  inputs: ['MessageEvent'],
  outputs: { documents: 'SearchDocument' },
  options: Type.Object({}, { additionalProperties: false }),
  create: () => (_state, input) => {
    const event = input.value as MessageEvent;
    if (!('MessageChanged' in event.body)) return [];
    const { kind, message } = event.body.MessageChanged;
    if (kind === 'reaction_added' || kind === 'reaction_removed') return [];
    const document = documentOf(event, message);
    return [{ to: 'documents', schema: 'SearchDocument', key: input.key, value: document }];
  },
});
