import type { Head } from '../../platform/messages/port.ts';

/** How far a channel has come, as the JSON of frames that list hundreds of channels. */
export interface HeadTexts {
  readonly head: Head;
  /** An entry of the channels of `hello`. */
  readonly listed: string;
  /** An entry of the channels of `resumed`. */
  readonly caughtUp: string;
}

export function headTexts(channelId: string, head: Head): HeadTexts {
  const id = JSON.stringify(channelId);
  const text = textOf(head);
  const listed = `{"channel_id":${id},"head":${text}}`;
  return { head, listed, caughtUp: `${id}:{"status":"caught_up","head":${text}}` };
}

/** An entry of `resumed`: what lies between can't be told any more. */
export function resetText(channelId: string, head: Head): string {
  return `${JSON.stringify(channelId)}:{"status":"reset","head":${textOf(head)}}`;
}

/** An entry of `resumed`: the channel is not the person's any more. */
export function goneText(channelId: string): string {
  return `${JSON.stringify(channelId)}:{"status":"gone"}`;
}

function textOf({ rev, seq }: Head): string {
  return `{"rev":${rev},"seq":${seq}}`;
}
