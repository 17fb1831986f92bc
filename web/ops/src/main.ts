import { fill, h } from '../../src/dom.ts';
import { applyTheme } from '../../src/theme.ts';
import { Api, ApiError } from './api.ts';
import { App } from './app.ts';
import { dropToken, keepToken, takeToken } from './token.ts';

const place = document.getElementById('app')!;

async function start(note?: string): Promise<void> {
  const token = takeToken();
  if (token === undefined) return ask(note);
  const app = new App(new Api(token), (why) => {
    dropToken();
    if (why) ask(why);
    else location.reload();
  });
  try {
    await app.start();
    fill(place, app.element);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.code === 'unauthenticated') dropToken();
    ask(error.code === 'unauthenticated' ? 'This is not the token of this process.' : error.detail);
  }
}

/** A form for the token; `note` says why it is asked for (again). */
function ask(note: string | undefined): void {
  const input = h('input', { id: 'token', type: 'password', autocomplete: 'off', required: true });
  const form = h(
    'form',
    { class: 'sign-in' },
    h('h1', {}, 'Millrace operators'),
    h('p', { class: 'quiet' }, 'On the machine of the process, this prints a link that signs in:'),
    h('pre', {}, h('code', {}, 'npx millrace ops')),
    h('label', { for: 'token' }, 'Token'),
    input,
    h('p', { class: 'form-error', role: 'alert' }, note),
    h('button', { type: 'submit', class: 'button primary' }, 'Sign in'),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    // A whole link may be pasted, too.
    keepToken(input.value.trim().replace(/^.*#token=/, ''));
    void start();
  });
  fill(place, h('main', { class: 'full-page' }, form));
  input.focus();
}

applyTheme();
window.addEventListener('hashchange', () => {
  if (location.hash.startsWith('#token=')) location.reload();
});
void start();
