import type { ErrorCode } from '../../errors/catalogue.ts';
import { MillraceError } from '../../errors/error.ts';
import type { ChangeRequest } from '../change-request.ts';
import type { Page } from '../page.ts';
import type { Directory, NewChannel, OutboxRow } from '../port.ts';

export interface OpenDirectory {
  directory: Directory;
  close(): Promise<void>;
}

export type Open = () => Promise<OpenDirectory>;

export const request: ChangeRequest = {
  actor_id: 'ann',
  reply_to: { gateway: '3', epoch: 7, request: 11 },
  trace_id: '0123456789abcdef0123456789abcdef',
};

/** A directory with these people in workspace w. */
export async function withPeople(open: Open, people: string[]): Promise<OpenDirectory> {
  const opened = await open();
  for (const user_id of people) {
    await opened.directory.provision({ workspace_id: 'w', user_id, role: 'member' });
  }
  return opened;
}

export function channel(channel_id: string, rest: Partial<NewChannel> = {}): NewChannel {
  return {
    workspace_id: 'w',
    channel_id,
    user_id: 'ann',
    name: channel_id.toLowerCase(),
    type: 'public',
    members: [],
    created_at: 1_577_836_800_000,
    ...rest,
  };
}

/** All pages of a list, read with this limit. */
export async function all<Item>(
  limit: number,
  page: (request: { limit: number; cursor?: string }) => Promise<Page<Item>>,
): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | null = null;
  do {
    const read: Page<Item> = await page(cursor === null ? { limit } : { limit, cursor });
    items.push(...read.items);
    cursor = read.next_cursor;
  } while (cursor !== null);
  return items;
}

export async function outboxOf(directory: Directory): Promise<OutboxRow[]> {
  return directory.outbox(0, 1_000);
}

export const refused =
  (code: ErrorCode, text: RegExp = /./) =>
  (error: unknown): boolean =>
    error instanceof MillraceError && error.code === code && text.test(error.detail);
