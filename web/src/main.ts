import { MillraceError } from '../../client/index.ts';
import { App } from './app.ts';
import { fullPage } from './connection-status.ts';
import { confirmDialog } from './dialog.ts';
import { fill } from './dom.ts';
import { keepWorkspace } from './kept/keep-workspace.ts';
import { Keeper } from './kept/keeper.ts';
import { registerWorker } from './register-worker.ts';
import { dropToken, keepToken, onTokenDropped, readIdentity, takeToken } from './session-token.ts';
import { signIn } from './sign-in.ts';
import { applyTheme } from './theme.ts';
import { Workspace } from './workspace.ts';

const place = document.getElementById('app')!;

async function start(note?: string): Promise<void> {
  const token = takeToken();
  const me = token === undefined ? undefined : readIdentity(token);
  if (token === undefined || !me) {
    askForToken(token === undefined ? note : 'The token was not understood.');
    return;
  }
  fill(place, fullPage('Millrace', 'Loading your channels…'));
  const keeper = await Keeper.open(me);
  const workspace = new Workspace(token, me, keeper);
  keepWorkspace(workspace, keeper);
  const kept = await keeper.overview();
  try {
    if (kept) workspace.restore(kept);
    else await workspace.load();
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error;
    workspace.client.close();
    if (error.code === 'unauthenticated' || error.code === 'forbidden') signedOut(error.detail);
    else
      fill(
        place,
        fullPage('Millrace cannot be reached', error.detail, { label: 'Try again', run: () => void start() }),
      );
    return;
  }
  const app = new App(workspace, async () => {
    const unsent = workspace.unsent;
    const lost = `${unsent === 1 ? 'One message is' : `${unsent} messages are`} not sent yet, and would be lost.`;
    if (unsent > 0 && !(await confirmDialog('Sign out?', lost, 'Sign out'))) return;
    dropToken();
    await workspace.wipe();
    location.reload();
  });
  workspace.client.session.events.on('state', (state) => {
    if (state.status !== 'stopped' || (state.reason !== 'unauthenticated' && state.reason !== 'forbidden')) return;
    workspace.client.close();
    app.dispose();
    // One who may no longer be here keeps nothing of it; one whose token ran out comes back to it.
    if (state.reason === 'forbidden') void workspace.wipe();
    signedOut(state.reason === 'forbidden' ? 'You may not use this workspace.' : 'Your session has ended.');
  });
  fill(place, app.element);
  await app.start();
}

function signedOut(why: string): void {
  dropToken();
  askForToken(why);
}

function askForToken(note: string | undefined): void {
  const form = signIn(note, (token) => {
    keepToken(token);
    location.reload();
  });
  fill(place, form);
  form.querySelector('textarea')?.focus();
}

applyTheme();
// A link with another token, opened in a tab that is signed in, changes only the fragment.
window.addEventListener('hashchange', () => {
  if (location.hash.startsWith('#token=')) location.reload();
});
onTokenDropped(() => {
  dropToken();
  location.reload();
});
registerWorker();
void start();
