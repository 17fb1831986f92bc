// Made from schemas/*.avsc by `npm run generate`. Changes here are lost.

/** The person was deactivated: their sockets close. */
export interface AccessEnded {
  reason: string;
}

/** The answer to a command that makes no event: a repeat, or a refusal. */
export interface Answer {
  reply_to: ReplyTo;
  /** Of a send that is refused for its channel has its home in another region: that one, to which the edge hands it. */
  home: null | number;
  outcome: { Unchanged: Unchanged } | { Refused: Refused } | { Applied: Applied } | { ReadMarker: ReadMarker };
}

/** A change of the directory that the channel already knew. */
export interface Applied {}

/** Who waits, in another region than the channel's home, for a message to come back from there. */
export interface Asker {
  region: number;
  reply_to: ReplyTo;
}

export interface AuditChange {
  field: string;
  before: string;
  after: string;
}

/** Who changed what about people and channels of a workspace. Written with the change itself, and never changed. Key: the workspace. */
export interface AuditEvent {
  /** Grows within the directory; not without gaps. */
  audit_id: number;
  workspace_id: string;
  /** Milliseconds since 1970. */
  time: number;
  actor_id: string;
  /** Such as channel.created (platform/directory/audit-actions.ts). No enum: a new one must not stop an older reader. */
  action: string;
  channel_id: null | string;
  /** Whom it concerns, 1,000 at most; more are further records. */
  user_ids: string[];
  changes: AuditChange[];
  trace_id: string;
}

/** That a command comes from another region, by the link: docs/decisions/021. */
export interface Carried {
  /** Where it was made. */
  region: number;
  /** The channel's home's, as that region knew it. */
  epoch: number;
  /** Of the event there, by which a repeat is known; 0: no event, but a send that is handed to the home. */
  rev: number;
  /** A message as it was ordered there; its seq and revs are that region's own. */
  message: null | Message;
  /** Of a reply: its root's seq here, as the link read it; 0: not known. */
  root_seq: number;
  root_reply_count: number;
  asker: null | Asker;
}

/** An edit, a deletion or a reaction, with the message as the edge read it from the store. */
export interface ChangeMessage {
  change: MessageChangeKind;
  message: Message;
  text: string;
  mentions: string[];
  mentions_channel: boolean;
  /** Whom an edit names by <!here> or a group that was not there. */
  reached: string[];
  /** Whom it names no more by such a word that is gone. */
  unreached: string[];
  emoji: string;
  /** Of a change that another region made: the stamp that it has there. 0: made here. */
  stamp: number;
  /** Who is erased: a deletion takes them out as its author, an edit out of what others wrote. Empty: nobody. */
  erased: string;
  /** With `erased`: earlier texts name them, too. */
  versions: boolean;
}

export interface Channel {
  name: string;
  type: ChannelType;
  topic: string;
  creator_id: string;
  archived: boolean;
  member_count: number;
  created_at: number;
  /** Who may write top-level messages: every member, or (an announcement channel) its creator, admins and owners. */
  posting: Posting;
  trim: null | Trim;
  /** Null: this region, since ever. */
  home: null | ChannelHome;
}

export interface ChannelChanged {
  channel: Channel;
  change_id: number;
}

/** Which region orders a channel's new messages. Of two the one with the higher (epoch, region) counts: docs/decisions/021. */
export interface ChannelHome {
  region: number;
  /** Raised by each move, so that what an old home still says is known as old. */
  epoch: number;
}

export type ChannelType = 'public' | 'private' | 'group' | 'dm';

/** What should run. Processes converge on it: the deployment with the highest number, and the newest pause of each node. */
export interface Control {
  body: { Deployment: Deployment } | { Pause: Pause } | { Replay: Replay };
}

/** In a source topic: from here on this partition's records belong to another version of a topology. May stand in any topic; whoever is not meant passes over it. */
export interface Cut {
  topology: string;
  /** Tasks of earlier deployments end before this record, that of this one begins with it. */
  deployment: number;
}

/** A record that a node could not process, with where it came from and why. */
export interface DeadLetter {
  topology: string;
  node: string;
  /** The source node by which the record came in; empty in letters of before this field. */
  source: string;
  topic: string;
  partition: number;
  offset: number;
  key: string;
  /** The record's own bytes, in Confluent's wire format. */
  value: Buffer;
  time: number;
  attempts: number;
  code: string;
  cause: string;
  /** The record's own trace id, where it has one. */
  trace_id: string;
}

/** What became of a dead letter. Its key is the letter's offset. */
export interface DeadLetterOutcome {
  /** Offset of the dead letter in dead_letters. */
  letter: number;
  outcome: DeadLetterOutcomeKind;
  /** Redriven with another value than it had. */
  edited: boolean;
  /** Milliseconds since 1970. */
  at: number;
}

export type DeadLetterOutcomeKind = 'redriven' | 'dropped';

export type DeployedBy = 'start' | 'operator';

export interface DeployedSchema {
  schema: string;
  version: number;
}

export interface DeployedTopology {
  topology: string;
  version: number;
  /** Of what the topology says and of its processors' code, where that is known. */
  digest: string;
  /** Of what its states depend on: another one needs states of its own. */
  signature: string;
  /** Under which its states and offsets are kept. */
  generation: number;
  /** The deployment in which it became what it is. */
  since: number;
}

/** Topology files that were put into force. Key: deployment/number/hash. */
export interface Deployment {
  /** Counts from 1. */
  number: number;
  /** Milliseconds since 1970. */
  at: number;
  /** start: the process found no operator's deployment, or other code than before. */
  by: DeployedBy;
  note: string;
  files: TopologyText[];
  topologies: DeployedTopology[];
  schemas: DeployedSchema[];
  /** What topics.yaml says, in canonical form. */
  topics: string;
}

/** A change of the directory that belongs to a channel's story. It leaves the directory through its outbox. */
export interface DirectoryChange {
  /** The outbox's number, growing within a channel: the sequencer takes each once. */
  change_id: number;
  change: DirectoryChangeKind;
  /** 1 to 1,000 people, for joined and left. */
  user_ids: string[];
  /** The channel after a change of its name, topic or archive; with several regions also of one that people joined. */
  channel: null | Channel;
  /** Where several changes were put together: of each of the people, in their order, that of their own. The last one is change_id. */
  change_ids: number[];
  /** The region whose change the link took over; null: made here. */
  region: null | number;
}

export type DirectoryChangeKind = 'joined' | 'left' | 'channel';

/** A gateway claims a slot, or holds it under an epoch until the clock of this topic's leases has gone on by the lease's length, or until it gives the slot back. Key: the slot. */
export interface GatewayLease {
  gateway: string;
  epoch: number;
  /** 0 gives the slot back; else the holder's own estimate of the lease's end, for people who look. */
  until: number;
  /** The process, by the name that lies in its data folder. */
  holder: string;
  /** False: a claim, that counts for other claimants alone. Whether it was in time its claimant reads from the records before it. */
  held: boolean;
}

export interface HeldPartitions {
  topology: string;
  /** Whose version runs there; 0: none yet. */
  deployment: number;
  partitions: number[];
}

/** A message with its own author and time. `actor_id` is who imports. */
export interface ImportMessage {
  user_id: string;
  text: string;
  /** Its identity for good, such as slack:<channel>:<ts>. */
  client_msg_id: string;
  thread_client_msg_id: null | string;
  created_at: number;
  mentions: string[];
  mentions_channel: boolean;
  reactions: Reaction[];
  edited_at: null | number;
  /** The message that the store already has under this identity. */
  known_id: null | string;
  root: null | ThreadRoot;
}

/** A gateway wants, or no longer wants, what concerns an address. Key: the address (a channel or a person). */
export interface Interest {
  address: string;
  gateway: string;
  epoch: number;
  /** The gateway's own number for this interest: its marker carries it back, so that a late one of an earlier interest is not taken for it. */
  ask: number;
  wanted: boolean;
}

/** A barrier on a gateway's topic: whatever fan-out takes up for the address from here on will follow; all before it is in the store. */
export interface InterestMarker {
  address: string;
  epoch: number;
  ask: number;
}

/** Where an event was made, where there are several regions. */
export interface Made {
  region: number;
  /** The channel's home's, as known there then. */
  epoch: number;
  /** Of the event in that region; 0 for one that was made here. */
  rev: number;
  /** Whoever handed it to the home. */
  asker: null | Asker;
  /** Of people who joined: the channel, so that another region can make it. */
  channel: null | Channel;
}

export interface MembersChanged {
  kind: MembersEventKind;
  user_ids: string[];
  change_id: number;
}

export type MembersEventKind = 'joined' | 'left';

export interface MembershipChanged {
  channel_id: string;
  joined: boolean;
  /** Of the channel's event; 0 where the removal is announced past the channel's order. */
  rev: number;
  seq: number;
  /** Of the directory's change, which tells a removal that is announced early from one before a later joining; 0: not known. */
  change_id: number;
}

/** A member whom the text names as <@user_id>, since the channel's revision that first did. */
export interface Mention {
  user_id: string;
  rev: number;
}

/** A message as it is after the event that carries it. Ids are Snowflakes as decimal strings (a long would lose them in JavaScript). */
export interface Message {
  message_id: string;
  /** Number among the channel's top-level messages, from 1; a reply carries its root's. */
  seq: number;
  /** The channel's revision of the message's last change. */
  rev: number;
  /** The channel's revision that created the message. */
  created_rev: number;
  user_id: string;
  text: string;
  client_msg_id: string;
  thread_id: null | string;
  reply_count: number;
  reactions: Reaction[];
  mentions: Mention[];
  /** Since which revision the text holds <!channel>; 0: it does not. */
  mentions_channel: number;
  /** Whom a text named without saying who, when it was sent: those online, with <!here>; the people of a group, with <!group:id>. */
  mentions_here: string[];
  /** Whom an edit named without saying who, since the channel's revision that did. */
  reached: Mention[];
  /** Milliseconds since 1970; the append time of the command, or an import's own. */
  created_at: number;
  edited_at: null | number;
  deleted: boolean;
  /** Imported messages notify nobody. */
  imported: boolean;
  /** Null where one region alone writes. */
  stamps: null | Stamps;
}

export type MessageChangeKind = 'edit' | 'delete' | 'react' | 'unreact';

export interface MessageChanged {
  kind: MessageEventKind;
  message: Message;
  emoji: string;
  /** A reply's root has this many replies now. */
  root_reply_count: number;
  /** Whom the message no longer mentions. */
  unmentioned: Mention[];
  /** The revision of a <!channel> that is gone; 0: none. */
  unmentioned_channel: number;
  previous: null | PreviousText;
  /** What the message said before is gone, as with a deletion. */
  versions_gone: boolean;
}

/** What someone asks of a channel. Key: the channel. Its append time is the time of whatever follows from it. */
export interface MessageCommand {
  workspace_id: string;
  channel_id: string;
  /** Empty: Millrace itself, of what nobody asked for (an erasure). */
  actor_id: string;
  reply_to: null | ReplyTo;
  trace_id: string;
  /** Of a send, where the channel has its home, as the directory here has it: what counts until its order tells. */
  home: null | ChannelHome;
  carried: null | Carried;
  body: { SendMessage: SendMessage } | { ImportMessage: ImportMessage } | { ChangeMessage: ChangeMessage } | { DirectoryChange: DirectoryChange };
}

/** What happened in a channel, in the channel's one order. Key: the channel. */
export interface MessageEvent {
  workspace_id: string;
  channel_id: string;
  /** Counts the channel's events from 1 without a gap. */
  rev: number;
  /** The channel's count of top-level messages after this event. */
  seq: number;
  /** Append time of the command in milliseconds since 1970, never falling within a partition. */
  time: number;
  /** The command in the same partition of message_commands. */
  command_offset: number;
  actor_id: string;
  reply_to: null | ReplyTo;
  trace_id: string;
  /** Null where there is one region. */
  made: null | Made;
  body: { MessageChanged: MessageChanged } | { MembersChanged: MembersChanged } | { ChannelChanged: ChannelChanged };
}

export type MessageEventKind = 'created' | 'edited' | 'deleted' | 'reaction_added' | 'reaction_removed';

/** An operator holds a topology, or one node of it, or lets it go on. Key: pause/topology/node. */
export interface Pause {
  topology: string;
  /** Empty: all of it. */
  node: string;
  paused: boolean;
  at: number;
}

/** What concerns one person, on all devices. Key: the person. */
export interface PersonEvent {
  workspace_id: string;
  user_id: string;
  body: { ReadMoved: ReadMoved } | { MembershipChanged: MembershipChanged } | { AccessEnded: AccessEnded };
}

export type Posting = 'everyone' | 'managers';

/** A person's status is another one now. Key: the person's presence address, which its watchers' gateways are interested in. */
export interface PresenceChanged {
  workspace_id: string;
  user_id: string;
  status: PresenceStatus;
  /** The region that told it; null: made here. */
  region: null | number;
}

export type PresenceStatus = 'online' | 'away' | 'busy' | 'offline';

/** What an edited message said before, since which of its revisions, and when that was written. */
export interface PreviousText {
  rev: number;
  text: string;
  time: number;
}

/** How far a consumer has come in a partition, for whoever takes that over. Key: consumer/partition. */
export interface Progress {
  consumer: string;
  partition: number;
  /** The next one to read. */
  offset: number;
}

/** A message that may be pushed to a person, unless they read it soon. Key: the person. */
export interface PushCandidate {
  workspace_id: string;
  user_id: string;
  channel_id: string;
  message_id: string;
  rev: number;
  seq: number;
  thread_id: null | string;
}

/** A person is to be told, or what they were told is to go from their screens. Key: the person. */
export interface PushDue {
  workspace_id: string;
  user_id: string;
  channel_id: string;
  kind: PushKind;
  /** The newest of those that it tells of. */
  message_id: string;
  /** Of that message's event. With the person and the channel it is the push's identity. */
  rev: number;
  thread_id: null | string;
  /** Messages that it tells of; 0 for clear. */
  count: number;
}

export type PushKind = 'show' | 'clear';

/** What became of a push that was due: whether a phone has it, or when to ask again. Key: the person. */
export interface PushOutcome {
  workspace_id: string;
  user_id: string;
  channel_id: string;
  message_id: string;
  /** Of the PushDue. */
  rev: number;
  thread_id: null | string;
  /** At least one phone's service took it. */
  sent: boolean;
  /** Until when it is held back, by quiet hours or for candidates that are late, in milliseconds since 1970; 0: it is not. */
  again_at: number;
}

export interface Reaction {
  emoji: string;
  user_ids: string[];
}

export interface ReactionStamp {
  emoji: string;
  user_id: string;
  stamp: number;
  present: boolean;
}

/** A person has read a channel up to a message. Key: the person. */
export interface ReadCommand {
  workspace_id: string;
  user_id: string;
  channel_id: string;
  marker: ReadMarker;
  reply_to: null | ReplyTo;
  /** The region where it was read; null: here. */
  region: null | number;
}

/** How far a person has read a channel. Markers merge by the maximum of (epoch, last_read_seq), of last_read_rev and of since_rev within an epoch, so order and repetition don't matter. */
export interface ReadMarker {
  /** Raised by mark-as-unread, so that a marker can move back. */
  epoch: number;
  last_read_seq: number;
  last_read_rev: number;
  /** The channel's rev when its epoch began: what one sends behind it reads on, what lies before does not. */
  since_rev: number;
}

export interface ReadMoved {
  channel_id: string;
  marker: ReadMarker;
  reply_to: null | ReplyTo;
  thread: null | ThreadMarker;
}

/** A dead letter's record on its way back into the topology that gave it up, and into no other. */
export interface Redrive {
  /** Offset of the dead letter in dead_letters. */
  letter: number;
  topology: string;
  /** The source node into which it goes. */
  source: string;
  /** With partition, offset and time: where the record stood at first. */
  topic: string;
  partition: number;
  offset: number;
  time: number;
  key: string;
  /** In Confluent's wire format; the record's own bytes, or what an operator made of them. */
  value: Buffer;
}

export interface Refused {
  /** A code of the error catalogue. */
  code: string;
  detail: string;
}

/** What the link read of another region's log, with what this region's store has of it. */
export interface RegionRecord {
  /** Whose log it was. */
  region: number;
  /** The changed message, or a reply's root, as the store here has it. */
  known: null | Message;
  what: { MessageEvent: MessageEvent } | { MessageCommand: MessageCommand } | { ReadCommand: ReadCommand } | { PresenceChanged: PresenceChanged };
}

/** How far a replay has come, so that another process can go on with it. Key: replay/topology. */
export interface Replay {
  topology: string;
  state: ReplayState;
  /** JSON: what was asked for. */
  options: string;
  /** Of the search index that is being filled; null where the serving one is written. */
  generation: null | string;
  /** Where the scan of the store goes on; null before and after it. */
  cursor: null | string;
  /** Nothing is left to take from the store. */
  scanned: boolean;
  /** Where the log goes on, in each partition. */
  next: ReplayPosition[];
  records: number;
  /** Records that a node refused and that went to dead letters. */
  dead_letters: number;
  at: number;
}

export interface ReplayPosition {
  partition: number;
  offset: number;
}

export type ReplayState = 'running' | 'done' | 'given_up';

/** Where the answer to a command goes: the gateway's slot under its epoch, and the gateway's own number for the request. */
export interface ReplyTo {
  /** Slot of the gateway, part of its topic's name. */
  gateway: string;
  /** The lease under which the gateway asked; an answer to an ended epoch is dropped. */
  epoch: number;
  request: number;
}

export interface SendMessage {
  text: string;
  client_msg_id: string;
  root: null | ThreadRoot;
  mentions: string[];
  mentions_channel: boolean;
  mentions_here: string[];
}

export interface SnapshotRow {
  table: string;
  key: string;
  json: string;
}

/** When and where what several regions may change at once was last written: docs/decisions/016. */
export interface Stamps {
  text: number;
  reactions: ReactionStamp[];
}

/** One change of a node's state, for a compacted changelog. Key: the table and the row's key. */
export interface StateChange {
  table: string;
  key: string;
  /** The row's value; null where it was removed. */
  json: null | string;
  /** On the last change of a unit of work: the offset after the input that led to it. Changes without a last one are of a commit that tore, and are left out. */
  origin: null | number;
  /** Of the topology's states: a new one is made beside the old one. */
  generation: number;
}

/** A part of a state as it stood at an offset of the topic that it follows, for whoever makes the state where it is not. Key: state/slot/part. */
export interface StateSnapshot {
  /** topology/node/partition. */
  state: string;
  /** a or b, in turn: while one is written the other is whole. */
  slot: string;
  /** Of the snapshot. A snapshot is whole when each of its parts up to the last one has its id. */
  id: string;
  /** Counts from 0. */
  part: number;
  rows: SnapshotRow[];
  last: boolean;
  /** On the last part: the offset from which the topic is folded on. */
  next: number;
  /** On the last part: the offset after the input that the state has seen. */
  origin: number;
}

/** A thread of the channel was read up to a reply; the channel's marker has not moved then. */
export interface ThreadMarker {
  thread_id: string;
  last_read_id: string;
}

/** A person has read a thread up to a reply. Key: the person. */
export interface ThreadReadCommand {
  workspace_id: string;
  user_id: string;
  channel_id: string;
  thread_id: string;
  last_read_id: string;
  reply_to: null | ReplyTo;
}

/** What the edge read of a thread's root from the store; the sequencer takes the newer of this and its own state. */
export interface ThreadRoot {
  message_id: string;
  seq: number;
  reply_count: number;
}

export interface TopologyText {
  file: string;
  /** As written: references to the environment, secrets too, are not resolved. */
  text: string;
}

/** What retention has taken: everything below a message id. It only grows. */
export interface Trim {
  below_id: string;
  /** Of the last top-level message below it: so far everyone has read. */
  seq: number;
  /** The last revision that had no top-level message behind `seq` yet. */
  rev: number;
}

/** Someone is typing in a channel. Never kept. Key: the channel. */
export interface Typing {
  workspace_id: string;
  channel_id: string;
  user_id: string;
}

/** Nothing to do: the message already is as asked. */
export interface Unchanged {
  message_id: string;
  thread_id: null | string;
}

/** A process that runs topologies says that it lives, what it can run and what it runs. Key: the worker. */
export interface WorkerNote {
  /** The name that lies in its data folder. */
  worker: string;
  /** When this life of it began, in milliseconds since 1970: an earlier one is over. */
  life: number;
  /** For people who look: machine and process. */
  host: string;
  /** It ends, and has let go of all. */
  leaves: boolean;
  /** Topologies whose wanted version it can run. */
  can: string[];
  holds: HeldPartitions[];
}

/** Every schema that a record of the log may have, by name. */
export interface Schemas {
  Answer: Answer;
  Asker: Asker;
  AuditEvent: AuditEvent;
  Carried: Carried;
  Channel: Channel;
  ChannelHome: ChannelHome;
  Control: Control;
  Cut: Cut;
  DeadLetter: DeadLetter;
  DeadLetterOutcome: DeadLetterOutcome;
  DirectoryChange: DirectoryChange;
  GatewayLease: GatewayLease;
  Interest: Interest;
  InterestMarker: InterestMarker;
  Made: Made;
  Message: Message;
  MessageCommand: MessageCommand;
  MessageEvent: MessageEvent;
  PersonEvent: PersonEvent;
  PresenceChanged: PresenceChanged;
  Progress: Progress;
  PushCandidate: PushCandidate;
  PushDue: PushDue;
  PushOutcome: PushOutcome;
  ReadCommand: ReadCommand;
  ReadMarker: ReadMarker;
  Redrive: Redrive;
  RegionRecord: RegionRecord;
  ReplyTo: ReplyTo;
  StateChange: StateChange;
  StateSnapshot: StateSnapshot;
  ThreadReadCommand: ThreadReadCommand;
  ThreadRoot: ThreadRoot;
  Typing: Typing;
  WorkerNote: WorkerNote;
}

export const schemaNames = ['Answer', 'Asker', 'AuditEvent', 'Carried', 'Channel', 'ChannelHome', 'Control', 'Cut', 'DeadLetter', 'DeadLetterOutcome', 'DirectoryChange', 'GatewayLease', 'Interest', 'InterestMarker', 'Made', 'Message', 'MessageCommand', 'MessageEvent', 'PersonEvent', 'PresenceChanged', 'Progress', 'PushCandidate', 'PushDue', 'PushOutcome', 'ReadCommand', 'ReadMarker', 'Redrive', 'RegionRecord', 'ReplyTo', 'StateChange', 'StateSnapshot', 'ThreadReadCommand', 'ThreadRoot', 'Typing', 'WorkerNote'] as const;
