// A chat in the terminal, built on the client alone:
//   MILLRACE_TOKEN=$(npx millrace token --user alice --workspace demo) node --import tsx examples/terminal-chat.ts [URL]
import { createInterface, emitKeypressEvents, moveCursor } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { type Channel, createClient, type Message, MillraceError } from '../client/index.ts';

const HELP = `Write to send. /channels lists, /join NAME enters or makes a channel, /history [COUNT] shows what was said, /quit ends.`;
const MAX_NAMES = 1_000;
/** The server tells of one's typing every 3 s at most. */
const TYPING_EVERY_MS = 3_200;

const url = process.argv[2] ?? 'http://127.0.0.1:8080';
const token = process.env['MILLRACE_TOKEN'];
if (!token) {
  console.error('Set MILLRACE_TOKEN: npx millrace token --user alice --workspace demo');
  process.exit(2);
}

const client = createClient({ url, token, WebSocket });
const { rest, session, outbox } = client;
const terminal = createInterface({ input: process.stdin, output: process.stdout });
const channels = new Map<string, Channel>();
const names = new Map<string, string>();
let current: Channel | undefined;
let typedAt = 0;
/** Messages are shown in their order, however late a name comes. */
let shown: Promise<unknown> = Promise.resolve();

/** A line above the prompt, which stays where it is with what is being typed. */
function print(line: string): void {
  if (process.stdout.isTTY) process.stdout.write('\r\x1b[K');
  console.log(line);
  if (process.stdin.isTTY) terminal.prompt(true);
}

function label(channelId: string): string {
  const channel = channels.get(channelId);
  return channel?.name ? `#${channel.name}` : channelId;
}

/** Asked for once; 1,000 are remembered, and then none, and so on. */
async function nameOf(userId: string): Promise<string> {
  if (names.size >= MAX_NAMES) names.clear();
  const user = names.has(userId) ? undefined : await rest.user(userId).catch((error) => tell(error, userId));
  if (user) names.set(userId, user.name || userId);
  return names.get(userId) ?? userId;
}

async function show({ channel_id, user_id, text, created_at, deleted, edited_at, thread_id }: Message): Promise<void> {
  const said = deleted ? '(deleted)' : `${text}${edited_at ? ' (edited)' : ''}`;
  const reply = thread_id ? ' (in a thread)' : '';
  print(`${label(channel_id)} ${created_at.slice(11, 16)} ${await nameOf(user_id)}${reply}: ${said}`);
}

/** The first 200: enough for an example. */
async function readChannels(): Promise<void> {
  for (const channel of (await rest.channels({ member: true, limit: 200 })).channels) learn(channel);
}

function learn(channel: Channel): void {
  channels.set(channel.channel_id, channel);
}

/** Enters a channel of one's own, joins a public one, or makes it. */
async function join(name: string): Promise<void> {
  const wanted = name.replace(/^#/, '');
  const called = (one: Channel) => one.name === wanted;
  let channel = [...channels.values()].find(called);
  if (!channel) {
    channel = (await rest.channels({ member: false, limit: 200 })).channels.find(called);
    const self = session.state.status === 'connected' ? session.state.userId : '';
    if (channel) await rest.addMember(channel.channel_id, self);
    else channel = await rest.createChannel({ name: wanted, type: 'public' });
    learn(channel);
  }
  current = channel;
  terminal.setPrompt(`#${wanted}> `);
  await history(10);
}

async function history(limit: number): Promise<void> {
  if (!current) return print('Join a channel first: /join NAME');
  const { messages } = await rest.history(current.channel_id, { limit });
  for (const message of messages) await show(message);
  print(`— #${current.name}, ${messages.length} messages —`);
}

async function obey(line: string): Promise<void> {
  const [command, argument = ''] = line.split(/\s+/, 2);
  if (line === '') return terminal.prompt();
  if (command === '/quit') return terminal.close();
  if (command === '/join' && argument) return join(argument);
  if (command === '/history') return history(Math.min(200, Number(argument) || 20));
  if (command === '/channels') return print([...channels.keys()].map(label).sort().join(' ') || 'None yet: /join NAME');
  if (line.startsWith('/')) return print(HELP);
  if (current) outbox.add({ channel_id: current.channel_id, text: line });
  else print('Join a channel first: /join NAME');
}

/** What the server refused is told; anything else is a bug, and ends this. */
function tell(error: unknown, what: string): undefined {
  if (!(error instanceof MillraceError)) throw error;
  print(`${what}: ${error.detail}`);
}

session.events.on('state', (state) => {
  if (state.status === 'connected') print(`Connected as ${state.userId}. ${HELP}`);
  else if (state.status === 'waiting') print(`No connection: ${state.detail}`);
  else if (state.status === 'stopped' && state.reason !== 'closed') terminal.close();
});
session.events.on('event', ({ event }) => {
  const told = event.kind === 'message.created' || event.kind === 'message.edited';
  if (told) shown = shown.then(() => show(event.message));
});
session.events.on('typing', ({ user_id, channel_id }) => {
  if (channel_id === current?.channel_id) void nameOf(user_id).then((name) => print(`${name} is typing…`));
});
session.events.on('added', ({ channel_id }) => {
  rest.channel(channel_id).then(learn, (error: unknown) => tell(error, 'new channel'));
});
outbox.events.on('change', (draft) => {
  if (draft.status === 'failed') print(`Not sent: ${draft.error?.detail}`);
});

let turn: Promise<unknown> = readChannels().catch((error: unknown) => tell(error, 'channels'));
const hello = new Promise((go) => session.events.on('hello', go));
turn = turn.then(() => session.start()).then(() => hello);
terminal.on('line', (line) => {
  if (process.stdin.isTTY) moveCursor(process.stdout, 0, -1);
  turn = turn.then(() => obey(line.trim())).catch((error: unknown) => tell(error, line));
});
terminal.on('close', async () => {
  await turn;
  // What was written is sent first, if that takes no longer than 5 s.
  for (let wait = 0; wait < 100 && outbox.drafts().some(({ status }) => status === 'sending'); wait++) await sleep(50);
  client.close();
});
if (process.stdin.isTTY) {
  emitKeypressEvents(process.stdin);
  process.stdin.on('keypress', () => {
    const message = terminal.line !== '' && !terminal.line.startsWith('/');
    if (!current || !message || Date.now() - typedAt < TYPING_EVERY_MS) return;
    typedAt = Date.now();
    session.typing(current.channel_id);
  });
}
