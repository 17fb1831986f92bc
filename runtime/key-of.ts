import { channelKey, personKey, presenceKey } from '../platform/keys.ts';
import type { KeyName } from './topology/format/index.ts';

/** A record's key by the name that a topology file gives it. Error: a record that lacks the fields for it. */
export function keyOf(name: KeyName, value: unknown): string {
  const record = value as { [field: string]: unknown };
  const text = (field: string): string => {
    const found = record[field];
    if (typeof found !== 'string') throw new Error(`key: ${name} needs the field ${field}, which the record lacks`);
    return found;
  };
  switch (name) {
    case 'channel':
      return channelKey(text('workspace_id'), text('channel_id'));
    case 'person':
      return personKey(text('workspace_id'), text('user_id'));
    case 'presence':
      return presenceKey(text('workspace_id'), text('user_id'));
    case 'address':
      return text('address');
    case 'gateway': {
      const replyTo = record['reply_to'] as { gateway: string } | null | undefined;
      return replyTo ? replyTo.gateway : text('gateway');
    }
  }
}
