/** Numbers of the wire contract and of the edge's own bounds, in one place. */
export const limits = {
  text_code_points: 8000,
  emoji_code_points: 64,
  client_msg_id_characters: 200,
  channel_name_characters: 80,
  topic_characters: 1000,
  page: 200,
  page_default: 50,
  watched_people: 500,
  /** How far ahead a status set by hand may end. */
  status_days: 30,
  import_items: 500,
  /** Channels of one person. */
  channels: 1000,
  channel_members: 100_000,
  /** In a channel with more members those who join within a second are one event, and those who leave. */
  bursts_members: 1000,
  /** In a channel with more members nobody is told who types. */
  typing_members: 500,
  frame_bytes: 64 * 1024,
  /** Past this uWebSockets.js cuts the connection without a code. */
  hard_frame_bytes: 1024 * 1024,
  http_body_bytes: 4 * 1024 * 1024,
  unsent_bytes: 1024 * 1024,
  heartbeat_ms: 10_000,
  /** No call takes longer. */
  call_ms: 10_000,
  /** How long a call waits for its answer from the log, so that it can still say why there is none. */
  deadline_ms: 9_000,
  /** How long a send waits for the region where its channel has its home. */
  home_ms: 5_000,
  /** Requests that wait for their answer from the log, all callers together; past it writes are refused. */
  waiting_requests: 50_000,
  /** In this time requests are answered; where they are not, fewer are let in, but always so many (edge/gateway/request-limit.ts). */
  answer_ms: 1000,
  least_waiting: 1000,
  /** Refusals for the rate within 10 s after which a socket is closed. */
  refusals: 200,
  /** Of one imported message, in all: as many as people may add (processors/sequence). */
  imported_reactions: 3000,
  /** People of one group. */
  group_members: 1000,
  /** Groups that one text mentions; the rest of them is text. */
  groups_mentioned: 20,
  /** People whom the groups of one text reach: each is in the message's record, and gets a row. */
  reached_by_groups: 1000,
} as const;
