import type { ErrorCode } from '../../platform/errors/catalogue.ts';
import type { Input } from '../../runtime/processor.ts';
import type { Answer, MessageCommand, MessageEvent } from '../../schemas/generated/types.ts';
import type { SequenceState } from './state.ts';

/** What a command leads to: one event, an answer without an event, or (a repeat that nobody waits for) nothing. */
/** `home`: another region decides it. */
export type Decision = { event: MessageEvent } | { outcome: Answer['outcome']; home?: number };

export function refused(code: ErrorCode, detail: string): Decision {
  return { outcome: { Refused: { code, detail } } };
}

/** An event at the channel's next rev; `topLevel` is 1 where it counts in seq. */
export function eventOf(
  state: SequenceState,
  command: MessageCommand,
  at: Input,
  topLevel: 0 | 1,
  body: (rev: number, seq: number) => MessageEvent['body'],
): Decision {
  const head = state.head(command.workspace_id, command.channel_id);
  const rev = head.rev + 1;
  const seq = head.seq + topLevel;
  return {
    event: {
      workspace_id: command.workspace_id,
      channel_id: command.channel_id,
      rev,
      seq,
      time: at.time,
      command_offset: at.offset,
      actor_id: command.actor_id,
      reply_to: command.reply_to,
      trace_id: command.trace_id,
      made: null,
      body: body(rev, seq),
    },
  };
}
