import { h } from './dom.ts';

export interface Tab {
  readonly name: string;
  readonly panel: HTMLElement;
  /** Called each time it comes to the front. */
  readonly onShow: () => void;
}

/** Panels of which one is in front, the first to begin with; arrows move between their names. */
export function tabs(label: string, list: readonly Tab[]): HTMLElement {
  const buttons = list.map(({ name }, index) =>
    h(
      'button',
      { type: 'button', class: 'tab', role: 'tab', id: `tab-${index}`, 'aria-controls': `tab-panel-${index}` },
      name,
    ),
  );
  const panels = list.map(({ panel }, index) =>
    h('div', { role: 'tabpanel', id: `tab-panel-${index}`, 'aria-labelledby': `tab-${index}` }, panel),
  );
  const show = (front: number) => {
    for (const [index, button] of buttons.entries()) {
      button.setAttribute('aria-selected', String(index === front));
      button.tabIndex = index === front ? 0 : -1;
      panels[index]!.hidden = index !== front;
    }
    list[front]!.onShow();
  };
  for (const [index, button] of buttons.entries()) {
    button.addEventListener('click', () => show(index));
    button.addEventListener('keydown', (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (step === undefined) return;
      event.preventDefault();
      const next = (index + step + list.length) % list.length;
      show(next);
      buttons[next]!.focus();
    });
  }
  show(0);
  return h(
    'div',
    { class: 'tabs' },
    h('div', { class: 'tab-list', role: 'tablist', 'aria-label': label }, ...buttons),
    ...panels,
  );
}
