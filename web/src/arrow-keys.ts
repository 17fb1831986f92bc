/**
 * Moves the focus between the items of a list by arrow keys, Home and End. Does nothing while a text field has the
 * focus, whose own keys these are.
 */
export function moveInList(event: KeyboardEvent, list: HTMLElement, selector: string): void {
  const step = { ArrowUp: -1, ArrowDown: 1, Home: -Infinity, End: Infinity }[event.key];
  if (step === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement) return;
  const items = [...list.querySelectorAll<HTMLElement>(selector)];
  if (items.length === 0) return;
  const current = items.findIndex((item) => item === document.activeElement || item.contains(document.activeElement));
  const start = current === -1 ? (step < 0 ? items.length : -1) : current;
  const target = Math.min(items.length - 1, Math.max(0, start + step));
  event.preventDefault();
  items[target]?.focus();
}
