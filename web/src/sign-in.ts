import { fill, h } from './dom.ts';
import { readIdentity } from './session-token.ts';

/** A form for a token; `note` says why one is asked for (again). */
export function signIn(note: string | undefined, onToken: (token: string) => void): HTMLElement {
  const input = h('textarea', {
    id: 'token',
    rows: 4,
    spellcheck: 'false',
    autocomplete: 'off',
    autocapitalize: 'off',
    required: true,
  });
  const error = h('p', { class: 'form-error', role: 'alert' }, note);
  const form = h(
    'form',
    { class: 'sign-in' },
    h('h1', {}, 'Sign in to Millrace'),
    h('p', { class: 'quiet' }, 'Paste a token. On the machine of the server, this prints one:'),
    h('pre', {}, h('code', {}, 'npx millrace token --user alice --workspace demo')),
    h('label', { for: 'token' }, 'Token'),
    input,
    error,
    h('button', { type: 'submit', class: 'button primary' }, 'Sign in'),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const token = input.value.trim();
    if (readIdentity(token)) onToken(token);
    else fill(error, 'This is no token: it has three parts with dots between them, and names a user and a workspace.');
  });
  input.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey) return;
    event.preventDefault();
    form.requestSubmit();
  });
  return h('main', { class: 'full-page' }, form);
}
