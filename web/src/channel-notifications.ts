import type { Channel, NotificationLevel } from '../../client/index.ts';
import { h, setText } from './dom.ts';
import { orProblem } from './or-problem.ts';
import type { Workspace } from './workspace.ts';

const MEANINGS: Readonly<Record<NotificationLevel, string>> = {
  all: 'Your phone tells you of every message.',
  mentions: 'Your phone tells you where you are mentioned or replied to.',
  none: 'Your phone stays silent, and the channel does not count in the title of this page.',
};

/** What of a channel may push to one; a choice is in force at once. */
export function channelNotifications(workspace: Workspace, { channel_id, type }: Channel): HTMLElement {
  const choice = h(
    'select',
    { id: 'channel-level' },
    h('option', { value: 'all' }, 'All messages'),
    h('option', { value: 'mentions' }, 'Mentions'),
    h('option', { value: 'none' }, 'Nothing: muted'),
  );
  const meaning = h('p', { class: 'quiet hint', id: 'channel-level-meaning', role: 'status' });
  const error = h('p', { class: 'form-error', role: 'alert' });
  const show = () => {
    const level = workspace.levels.of(channel_id) ?? (type === 'dm' || type === 'group' ? 'all' : 'mentions');
    choice.value = level;
    setText(meaning, MEANINGS[level]);
  };
  choice.setAttribute('aria-describedby', meaning.id);
  choice.addEventListener('change', async () => {
    await orProblem(workspace.levels.set(channel_id, choice.value as NotificationLevel), error);
    show();
  });
  show();
  return h(
    'section',
    { class: 'setting', 'aria-label': 'Notifications' },
    h('label', { for: 'channel-level' }, 'Tell me of'),
    choice,
    meaning,
    error,
  );
}
