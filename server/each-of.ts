import type { Page } from '../platform/directory/page.ts';

/** Each item of a list, a page at a time. */
export async function* eachOf<Item>(
  next: (cursor: string | undefined) => Promise<Page<Item>>,
  wanted: (item: Item) => boolean = () => true,
): AsyncGenerator<Item> {
  let cursor: string | undefined;
  do {
    const { items, next_cursor } = await next(cursor);
    for (const item of items) if (wanted(item)) yield item;
    cursor = next_cursor ?? undefined;
  } while (cursor !== undefined);
}
