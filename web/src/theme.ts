import { fill, h } from './dom.ts';
import { icon } from './icon.ts';

const KEY = 'millrace.theme';
const dark = () => matchMedia('(prefers-color-scheme: dark)').matches;

/** Applies the theme that was chosen before; without a choice the system's holds. */
export function applyTheme(): void {
  const kept = localStorage.getItem(KEY);
  if (kept) document.documentElement.dataset['theme'] = kept;
}

/** A button that turns light to dark and back. */
export function themeButton(): HTMLButtonElement {
  const current = () => document.documentElement.dataset['theme'] ?? (dark() ? 'dark' : 'light');
  const button = h('button', { class: 'icon-button', type: 'button', on: { click: toggle } });
  function show(): void {
    const other = current() === 'dark' ? 'light' : 'dark';
    button.setAttribute('aria-label', `Use the ${other} theme`);
    button.title = `Use the ${other} theme`;
    fill(button, icon(other === 'dark' ? 'moon' : 'sun'));
  }
  function toggle(): void {
    const other = current() === 'dark' ? 'light' : 'dark';
    document.documentElement.dataset['theme'] = other;
    localStorage.setItem(KEY, other);
    show();
  }
  show();
  return button;
}
