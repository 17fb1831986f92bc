import { type Draft, type Message, MillraceError, type Timeline } from '../../client/index.ts';
import { confirmDialog } from './dialog.ts';
import type { Toasts } from './toast.ts';
import type { Workspace } from './workspace.ts';

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

  readonly edit = (message: Message, text: string): void => {
    const { rest } = this.#workspace.client;
    void this.#run('Not changed', () => rest.edit(message.channel_id, message.message_id, text));
  };

  readonly remove = async (message: Message): Promise<void> => {
    if (!(await confirmDialog('Delete this message?', 'Its text is gone for everyone.', 'Delete'))) return;
    const { rest } = this.#workspace.client;
    await this.#run('Not deleted', () => rest.remove(message.channel_id, message.message_id));
  };

  readonly react = (message: Message, emoji: string, on: boolean): void => {
    const { rest } = this.#workspace.client;
    void this.#run('No reaction', () =>
      on
        ? rest.react(message.channel_id, message.message_id, emoji)
        : rest.unreact(message.channel_id, message.message_id, emoji),
    );
  };

  readonly retry = (draft: Draft): void => this.#workspace.client.outbox.retry(draft.client_msg_id);
  readonly discard = (draft: Draft): void => this.#workspace.client.outbox.discard(draft.client_msg_id);

  async #run(what: string, call: () => Promise<Message>): Promise<void> {
    try {
      this.#timeline.take(await call());
      this.#changed();
    } catch (error) {
      if (!(error instanceof MillraceError)) throw error;
      this.#toasts.problem(error, what);
    }
  }
}
