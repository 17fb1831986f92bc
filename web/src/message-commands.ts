import { type Draft, type Message, MillraceError, type Timeline } from '../../client/index.ts';
import { confirmDialog } from './dialog.ts';
import type { Toasts } from './toast.ts';
import type { Workspace } from './workspace.ts';

const NEEDS_CONNECTION =
  'you are offline. New messages wait here and are sent later, but this is not kept. Try again when you are connected.';
const NO_ANSWER =
  'the server did not answer, so it is not known whether it was done. Look again once you are connected.';

/** What one does with messages, the same in a channel and in a thread. Refusals are shown as toasts. */
export class MessageCommands {
  readonly #workspace: Workspace;
  readonly #toasts: Toasts;
  readonly #timeline: Timeline;
  readonly #changed: () => void;

  constructor(workspace: Workspace, toasts: Toasts, timeline: Timeline, changed: () => void) {
    this.#workspace = workspace;
    this.#toasts = toasts;
    this.#timeline = timeline;
    this.#changed = changed;
  }

  /** Whether the message was queued. */
  send(channelId: string, threadId: string | null, text: string): boolean {
    try {
      this.#workspace.client.outbox.add({ channel_id: channelId, thread_id: threadId, text });
      return true;
    } catch (error) {
      this.#toasts.problem(error, 'Not sent');
      return false;
    }
  }

  /** Whether the change is on its way. */
  readonly edit = (message: Message, text: string): boolean => {
    if (!this.#online('Not changed')) return false;
    const { rest } = this.#workspace.client;
    void this.#run('Not changed', () => rest.edit(message.channel_id, message.message_id, text));
    return true;
  };

  readonly remove = async (message: Message): Promise<void> => {
    if (!this.#online('Not deleted')) return;
    if (!(await confirmDialog('Delete this message?', 'Its text is gone for everyone.', 'Delete'))) return;
    const { rest } = this.#workspace.client;
    await this.#run('Not deleted', () => rest.remove(message.channel_id, message.message_id));
  };

  readonly react = (message: Message, emoji: string, on: boolean): void => {
    const { rest } = this.#workspace.client;
    if (!this.#online('No reaction')) return;
    void this.#run('No reaction', () =>
      on
        ? rest.react(message.channel_id, message.message_id, emoji)
        : rest.unreact(message.channel_id, message.message_id, emoji),
    );
  };

  readonly markUnread = async (message: Message): Promise<void> => {
    if (!this.#online('Not marked as unread')) return;
    try {
      await this.#workspace.reading.markUnread(message);
    } catch (error) {
      this.#refused(error, 'Not marked as unread');
    }
  };

  readonly retry = (draft: Draft): void => this.#workspace.client.outbox.retry(draft.client_msg_id);
  readonly discard = (draft: Draft): void => this.#workspace.client.outbox.discard(draft.client_msg_id);

  /** Says why not, where there is no connection: at once, and not after tries of half a minute. */
  #online(what: string): boolean {
    if (this.#workspace.history.offline) this.#toasts.show(`${what}: ${NEEDS_CONNECTION}`, 'error');
    return !this.#workspace.history.offline;
  }

  async #run(what: string, call: () => Promise<Message>): Promise<void> {
    try {
      this.#timeline.take(await call());
      this.#changed();
    } catch (error) {
      this.#refused(error, what);
    }
  }

  #refused(error: unknown, what: string): void {
    if (error instanceof MillraceError && (error.code === 'network' || error.code === 'timeout')) {
      this.#toasts.show(`${what}: ${NO_ANSWER}`, 'error');
    } else this.#toasts.problem(error, what);
  }
}
