import type { Access } from '../../platform/directory/port.ts';
import { MillraceError } from '../../platform/errors/error.ts';
import type { CallContext } from './context.ts';

/** A channel and its members are changed in its home alone, so that two regions never disagree about who may read. Error: `conflict`. */
export function atHome({ region }: CallContext, { channel: { home } }: Access): void {
  if (region === undefined || home === null || home.region === region) return;
  const detail = `channel_id: the channel has its home in region ${home.region}: it and its members are changed there`;
  throw new MillraceError('conflict', detail);
}
