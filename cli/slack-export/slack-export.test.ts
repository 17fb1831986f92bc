import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { MillraceError } from '../../platform/errors/error.ts';
import { archiveBounds } from './archive.ts';
import { SlackExport } from './export.ts';
import { millisecondsOf, type SlackMessage } from './message.ts';
import { importedText } from './text.ts';
import { type FixtureFile, zipOf } from './zip-fixture.ts';

let folder: string;
let files = 0;
before(async () => {
  folder = await mkdtemp(`${tmpdir()}/millrace-export-`);
});
after(() => rm(folder, { recursive: true }));

async function packed(entries: FixtureFile[]): Promise<string> {
  const file = `${folder}/export-${files++}.zip`;
  await writeFile(file, zipOf(entries));
  return file;
}

const json = (name: string, value: unknown): FixtureFile => ({ name, content: JSON.stringify(value) });

const users = json('users.json', [
  {
    id: 'U1',
    name: 'ann',
    deleted: false,
    is_admin: true,
    is_owner: false,
    profile: { real_name: 'Ann Lee', email: 'ann@x.example' },
  },
  { id: 'U2', name: 'bob', real_name: 'Bob', deleted: true, profile: null },
]);
const channels = json('channels.json', [
  {
    id: 'C1',
    name: 'general',
    created: 1_483_228_800,
    creator: 'U1',
    is_archived: false,
    members: ['U1', 'U2', 'U1'],
    topic: { value: 'all' },
  },
]);

async function messagesOf(slack: SlackExport, index = 0): Promise<SlackMessage[]> {
  const read: SlackMessage[] = [];
  for await (const message of slack.messages(slack.channels[index]!)) read.push(message);
  return read;
}

const broken = (text: RegExp) => (error: unknown) =>
  error instanceof MillraceError && error.code === 'export_invalid' && text.test(error.detail);

describe('Slack export', () => {
  it('reads people and channels of every kind', async () => {
    const slack = await SlackExport.open(
      await packed([
        users,
        channels,
        json('groups.json', [{ id: 'G1', name: 'secret', creator: 'U2', is_archived: true, members: ['U2'] }]),
        json('mpims.json', [{ id: 'G2', name: 'mpdm-ann--bob-1', members: ['U1', 'U2'] }]),
        json('dms.json', [{ id: 'D1', created: 1_500_000_000, members: ['U1', 'U2'] }]),
        json('D1/2020-01-01.json', []),
        json('stray/2020-01-01.json', []),
      ]),
    );
    assert.deepEqual(slack.users, [
      { user_id: 'U1', name: 'ann', real_name: 'Ann Lee', email: 'ann@x.example', deleted: false, role: 'admin' },
      { user_id: 'U2', name: 'bob', real_name: 'Bob', email: null, deleted: true, role: 'member' },
    ]);
    assert.deepEqual(
      slack.channels.map((c) => [c.channel_id, c.name, c.type, c.archived, c.files.length]),
      [
        ['C1', 'general', 'public', false, 0],
        ['G1', 'secret', 'private', true, 0],
        ['G2', 'mpdm-ann--bob-1', 'group', false, 0],
        ['D1', '', 'dm', false, 1],
      ],
    );
    assert.deepEqual(
      { ...slack.channels[0], files: [] },
      {
        channel_id: 'C1',
        name: 'general',
        type: 'public',
        topic: 'all',
        creator: 'U1',
        members: ['U1', 'U2'],
        created: 1_483_228_800_000,
        archived: false,
        posting: 'everyone',
        files: [],
      },
    );
    assert.deepEqual(slack.unlisted, ['stray']);
    slack.close();
  });

  it('reads messages by time, with threads, mentions, reactions and undone entities', async () => {
    const slack = await SlackExport.open(
      await packed([
        users,
        channels,
        json('general/2020-01-02.json', [
          { type: 'message', user: 'U2', ts: '1577923200.000100', thread_ts: '1577836800.000200', text: 'late reply' },
        ]),
        json('general/2020-01-01.json', [
          {
            type: 'message',
            user: 'U2',
            ts: '1577836801.000000',
            thread_ts: '1577836800.000200',
            text: 'reply <@U1|ann> <@U9|gone> <!channel>',
          },
          {
            type: 'message',
            user: 'U1',
            ts: '1577836800.000200',
            thread_ts: '1577836800.000200',
            text: 'a &amp;lt; b &lt;@U1&gt;',
            edited: { user: 'U1', ts: '1577923200.500000' },
            reactions: [
              { name: '+1', users: ['U2', 'U2', 'U1'], count: 3 },
              { name: 'x', users: [] },
            ],
          },
          {
            type: 'message',
            user: 'U1',
            ts: '1577836802.5',
            thread_ts: '1577830000.000000',
            text: 'rootless',
            edited: { ts: 'once' },
          },
        ]),
      ]),
    );
    const read = await messagesOf(slack);
    assert.deepEqual(read[0], {
      channel_id: 'C1',
      user_id: 'U1',
      author_name: null,
      ts: '1577836800.000200',
      created_at: 1_577_836_800_000,
      edited_at: 1_577_923_200_500,
      client_msg_id: 'slack:C1:1577836800.000200',
      text: 'a &lt; b <@U1>',
      mentions: [],
      mentions_channel: false,
      thread_ts: null,
      thread_client_msg_id: null,
      root_missing: false,
      reactions: [{ emoji: '+1', user_ids: ['U2', 'U1'] }],
    });
    assert.deepEqual(
      read.map((m) => [m.ts, m.thread_ts, m.root_missing]),
      [
        ['1577836800.000200', null, false],
        ['1577836801.000000', '1577836800.000200', false],
        ['1577836802.5', '1577830000.000000', true],
        ['1577923200.000100', '1577836800.000200', false],
      ],
    );
    assert.deepEqual(
      [read[1]!.text, read[1]!.mentions, read[1]!.mentions_channel],
      ['reply <@U1> <@U9|gone> <!channel>', ['U1'], true],
    );
    assert.equal(read[1]!.thread_client_msg_id, 'slack:C1:1577836800.000200');
    assert.equal(read[2]!.created_at, 1_577_836_802_500);
    assert.equal(read[2]!.edited_at, null);
    slack.close();
  });

  it('keeps what bots and files say, and counts what it leaves out and why', async () => {
    const day = (rest: object, n: number) => ({ type: 'message', ts: `1577836800.00000${n}`, ...rest });
    const slack = await SlackExport.open(
      await packed([
        users,
        channels,
        json('general/2020-01-01.json', [
          day(
            {
              subtype: 'bot_message',
              bot_id: 'B1',
              username: 'deploys',
              text: '',
              attachments: [{ text: 'done' }, { fallback: 'ok' }],
            },
            1,
          ),
          day({ subtype: 'bot_message', username: 'hook', text: 'hi', user: null }, 2),
          day({ subtype: 'file_share', user: 'U1', text: '', files: [{ title: 'Plan.pdf' }] }, 3),
          day({ subtype: 'me_message', user: 'U1', text: 'waves' }, 4),
          day({ subtype: 'channel_join', user: 'U1', text: '<@U1> has joined' }, 5),
          day({ subtype: 'channel_leave', user: 'U1', text: 'left' }, 6),
          day({ subtype: 'tombstone', user: 'U1', text: 'deleted' }, 7),
          day({ subtype: 'file_share', user: 'U1', text: '  ' }, 8),
          day({ text: 'whose?' }, 9),
          day({ user: 'U1', text: 'again' }, 4),
          { type: 'message', user: 'U1', text: 'no time' },
          { ...day({ user: 'U1', text: 'x' }, 0), type: 'event' },
          null,
        ]),
      ]),
    );
    const read = await messagesOf(slack);
    assert.deepEqual(
      read.map((m) => [m.user_id, m.author_name, m.text]),
      [
        ['B1', 'deploys', 'done\nok'],
        ['bot:hook', 'hook', 'hi'],
        ['U1', null, 'Plan.pdf'],
        ['U1', null, 'waves'],
      ],
    );
    assert.deepEqual(Object.fromEntries(slack.skipped), {
      channel_join: 1,
      channel_leave: 1,
      tombstone: 1,
      no_text: 1,
      no_author: 1,
      repeated: 1,
      malformed: 2,
      'type event': 1,
    });
    slack.close();
  });

  it('reads an export that is packed inside a folder', async () => {
    const inside = [
      users,
      channels,
      json('general/2020-01-01.json', [{ user: 'U1', ts: '1577836800.000100', text: 'hi' }]),
    ];
    const slack = await SlackExport.open(
      await packed([
        ...inside.map((file) => ({ ...file, name: `our export/${file.name}` })),
        json('__MACOSX/our export/._users.json', 0),
      ]),
    );
    assert.equal((await messagesOf(slack)).length, 1);
    slack.close();
  });

  it('names the file that is broken, and the way out', async () => {
    const open = async (...entries: FixtureFile[]) => SlackExport.open(await packed(entries));
    const text = `${folder}/no.zip`;
    await writeFile(text, 'this is no zip');
    await assert.rejects(
      SlackExport.open(text),
      broken(/no\.zip: can't be read as a zip .*; give the zip file that Slack has made/),
    );
    await assert.rejects(SlackExport.open(`${folder}/missing.zip`), broken(/missing\.zip/));
    await assert.rejects(open(channels), broken(/holds no users\.json/));
    await assert.rejects(
      open({ name: 'users.json', content: '[{"id":' }),
      broken(/^users\.json: is no JSON .*; export it from Slack again/),
    );
    await assert.rejects(
      open({ name: 'users.json', content: Buffer.from([0x5b, 0x22, 0xff, 0x22, 0x5d]) }),
      broken(/^users\.json: is no JSON/),
    );
    await assert.rejects(open(json('users.json', [{ name: 'x' }])), broken(/^users\.json: \/id .*; correct this file/));
    await assert.rejects(open(json('users.json', {})), broken(/^users\.json: .*array/));
    await assert.rejects(
      open(users, json('channels.json', [{ id: 'C1', members: 'U1' }])),
      broken(/^channels\.json: \/members/),
    );
    await assert.rejects(open({ ...users, crc: 7 }), broken(/^users\.json: is damaged/));
    await assert.rejects(open(users, users), broken(/^users\.json: is in the zip twice/));
    const slack = await open(users, channels, json('general/2020-01-01.json', { not: 'a list' }));
    await assert.rejects(messagesOf(slack), broken(/^general\/2020-01-01\.json: /));
    slack.close();
  });

  it('is not led out of the zip, nor made to unpack more than its bounds', async () => {
    const open = async (entries: FixtureFile[], bounds = archiveBounds) =>
      SlackExport.open(await packed(entries), bounds);
    await assert.rejects(open([users, json('../../etc/2020-01-01.json', [])]), broken(/list of files.*\.\./));
    await assert.rejects(open([users, json('/etc/2020-01-01.json', [])]), broken(/list of files/));
    await assert.rejects(open([users, json('a\\..\\b.json', [])]), broken(/list of files/));
    const zeros = { name: 'general/2020-01-01.json', content: Buffer.alloc(2 ** 20, 0x20) };
    const bounds = { entryBytes: 2 ** 16, entries: 3, totalBytes: 2 ** 17 };
    await assert.rejects(
      open([users, channels, zeros], bounds),
      broken(/^general\/2020-01-01\.json: unpacks to more than 65536 bytes/),
    );
    const lying = await open([users, channels, { ...zeros, claim: 100 }], bounds);
    await assert.rejects(messagesOf(lying), broken(/^general\/2020-01-01\.json: can't be unpacked/));
    lying.close();
    await assert.rejects(
      open([users, channels, json('a/2020-01-01.json', []), json('b/2020-01-01.json', [])], bounds),
      broken(/more than 3 files/),
    );
    const half = { content: Buffer.alloc(60_000, 0x20) };
    await assert.rejects(
      open([users, { name: 'a/2020-01-01.json', ...half }, { name: 'a/2020-01-02.json', ...half }], {
        ...bounds,
        totalBytes: 100_000,
      }),
      broken(/more than 100000 bytes/),
    );
  });

  it('undoes exactly what Slack escapes, and takes times by their digits', () => {
    const escaped = (text: string) =>
      text.replace(/[&<>]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[sign]!);
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('&', '<', '>', 'a', ';', 'lt', 'amp', '@U1', '!channel', '|') }),
        (text) => {
          assert.deepEqual(
            importedText(escaped(text), () => true),
            { text, mentions: [], mentions_channel: false },
          );
        },
      ),
    );
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e9 }), fc.integer({ min: 0, max: 999_999 }), (seconds, micros) => {
        assert.equal(
          millisecondsOf(`${seconds}.${String(micros).padStart(6, '0')}`),
          seconds * 1_000 + Math.floor(micros / 1_000),
        );
      }),
    );
  });

  const real = new URL('../../../shared/data/slack-export-racket.zip', import.meta.url).pathname;
  it('reads a real export', { skip: existsSync(real) ? false : 'the export is not beside the checkout' }, async () => {
    const slack = await SlackExport.open(real);
    const read = await messagesOf(slack);
    assert.equal(read.length, 16_466);
    assert.equal(slack.skipped.size, 0);
    assert.equal(read.filter((message) => message.thread_ts !== null).length, 14_813);
    assert.equal(read.filter((message) => message.root_missing).length, 0);
    assert.equal(new Set(read.map((message) => message.client_msg_id)).size, read.length);
    assert.ok(read.every((message, n) => n === 0 || message.created_at >= read[n - 1]!.created_at));
    slack.close();
  });
});
