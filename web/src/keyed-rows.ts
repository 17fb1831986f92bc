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
        const focus = element && successor(element, made);
        if (element === cursor) cursor = made;
        element?.replaceWith(made);
        focus?.focus({ preventScroll: true });
        element = made;
      }
      next.set(row.key, { signature: row.signature, element });
      if (element === cursor) cursor = cursor.nextElementSibling;
      else this.#parent.insertBefore(element, cursor);
    }
    this.#shown = next;
  }
}

/** What in `made` stands for that in `gone` which has the focus: the control of the same `data-focus`, else the row itself. */
function successor(gone: HTMLElement, made: HTMLElement): HTMLElement | undefined {
  const focused = document.activeElement;
  if (!(focused instanceof HTMLElement) || !gone.contains(focused)) return undefined;
  const name = focused.dataset['focus'];
  return (name && made.querySelector<HTMLElement>(`[data-focus="${CSS.escape(name)}"]`)) || made;
}
