export interface Page<Item> {
  items: Item[];
  /** Give it back as `cursor` for what follows; null at the end. */
  next_cursor: string | null;
}

export interface PageRequest {
  cursor?: string | undefined;
  /** 1 to 200. */
  limit: number;
}
