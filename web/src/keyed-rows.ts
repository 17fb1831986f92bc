/** A row to show: made anew only when its signature changed. */
export interface KeyedRow {
  readonly key: string;
  readonly signature: string;
  readonly make: () => HTMLElement;
}

/** Keeps the children of an element equal to a list of rows, touching only what differs. */
export class KeyedRows {
  readonly #parent: HTMLElement;
  #shown = new Map<string, { signature: string; element: HTMLElement }>();

  constructor(parent: HTMLElement) {
    this.#parent = parent;
  }

  show(rows: readonly KeyedRow[]): void {
    const next = new Map<string, { signature: string; element: HTMLElement }>();
    const keys = new Set(rows.map(({ key }) => key));
    // First what goes: a row that stays must not be moved around it, for moving takes the focus away.
    for (const [key, { element }] of this.#shown) if (!keys.has(key)) element.remove();
    let cursor = this.#parent.firstElementChild;
    for (const row of rows) {
      const held = this.#shown.get(row.key);
      let element = held?.element;
      if (!element || held?.signature !== row.signature) {
        const made = row.make();
        const focused = element?.contains(document.activeElement) ?? false;
        if (element === cursor) cursor = made;
        element?.replaceWith(made);
        // The focus was within what is gone now; the row itself is the nearest thing to it.
        if (focused) made.focus({ preventScroll: true });
        element = made;
      }
      next.set(row.key, { signature: row.signature, element });
      if (element === cursor) cursor = cursor.nextElementSibling;
      else this.#parent.insertBefore(element, cursor);
    }
    this.#shown = next;
  }
}
