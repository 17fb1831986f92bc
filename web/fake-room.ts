import type { Channel, EventFrame, Message } from '../client/index.ts';

export interface Room {
  readonly channel: Channel;
  readonly members: Set<string>;
  readonly messages: Message[];
  readonly log: EventFrame[];
  readonly read: Map<string, number>;
  seq: number;
}
