export interface Kept {
  message_id: string;
  seq: number;
  user_id: string;
  client_msg_id: string;
  thread_id: string | null;
  rev: number;
  text: string;
  deleted: boolean;
  reactions: { readonly [emoji: string]: readonly string[] };
}

/** A channel as the history and its threads show it at the end, oldest first. */
export interface ChannelHistory {
  channel: string;
  /** The rev up to which nothing was said: who listened from there has heard of every message. */
  silent: number;
  head: { rev: number; seq: number };
  messages: Kept[];
  replies: Kept[];
}
