import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { eventually } from './support/eventually.ts';
import { type Person, workspace } from './support/person.ts';
import { Server } from './support/server.ts';
import { grouped, UnreadModel } from './support/unread-model.ts';

const names = ['alice', 'bob', 'carol'];
const who = fc.nat(names.length - 1);
const number = fc.nat(30);
const text = fc.constantFrom(
  'hello',
  'hello <@alice>',
  '<@bob> and <@carol>',
  'all: <!channel>',
  '<@alice> <!channel>',
  'hello <!group:g>',
  '<@carol> <!group:g>',
);

/** Numbers choose among what is there then. */
const act = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('send' as const), who, text, thread: fc.option(number) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('edit' as const), message: number, text }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), message: number }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('read' as const), who, seq: number }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('unread' as const), who, seq: number }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('read all' as const), who }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('leave and join' as const), who }) },
);
type Act = typeof act extends fc.Arbitrary<infer One> ? One : never;

describe('unread counts', () => {
  let server: Server;
  before(async () => {
    server = await Server.start();
  });
  after(() => server.stop());

  async function perform(one: Act, model: UnreadModel, people: Person[], channel: string): Promise<void> {
    const path = `/v1/channels/${channel}`;
    const person = 'who' in one ? people[one.who]! : undefined;
    const chosen = 'message' in one && model.ids.length > 0 ? model.ids[one.message % model.ids.length] : undefined;
    const author = chosen === undefined ? undefined : people.find(({ id }) => id === model.authorOf(chosen));
    const headRev = async () => (await people[0]!.get(path)).body.channel.head.rev;
    switch (one.kind) {
      case 'send': {
        const root = one.thread === null ? undefined : model.ids[one.thread % model.ids.length];
        const message = await person!.say(channel, one.text, root === undefined ? {} : { thread_id: root });
        return model.sent(message);
      }
      case 'edit': {
        if (chosen === undefined) return;
        const { body } = await author!.patch(`${path}/messages/${chosen}`, { text: one.text });
        return model.edited(body.message);
      }
      case 'delete': {
        if (chosen === undefined) return;
        assert.equal((await author!.delete(`${path}/messages/${chosen}`)).status, 200);
        return model.deleted(chosen);
      }
      case 'read':
        assert.equal((await person!.put(`${path}/read`, { seq: one.seq })).status, 200);
        return model.readTo(person!.id, one.seq, await headRev());
      case 'unread': {
        if (model.topLevel === 0) return;
        const seq = 1 + (one.seq % model.topLevel);
        assert.equal((await person!.put(`${path}/unread`, { seq })).status, 200);
        return model.unreadFrom(person!.id, seq);
      }
      case 'read all':
        assert.equal((await person!.put('/v1/unreads/read')).body.total_unread, 0);
        return model.readTo(person!.id, model.topLevel, await headRev());
      case 'leave and join':
        // The creator stays, who invites again.
        if (person === people[0]) return;
        assert.equal((await person!.delete(`${path}/members/${person!.id}`)).status, 204);
        assert.equal((await people[0]!.put(`${path}/members/${person!.id}`)).status, 204);
        return model.joined(person!.id, await headRev());
    }
  }

  async function compare(model: UnreadModel, people: Person[], channel: string): Promise<void> {
    for (const person of people) {
      const { channels } = (await person.get('/v1/unreads')).body;
      const { last_read_seq, unread, mentions } = channels.find((one) => one.channel_id === channel)!;
      assert.deepEqual({ last_read_seq, unread, mentions }, model.counts(person.id), person.id);
    }
  }

  it('are those of the naive model after whatever people do, also when the process is killed between', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 5, maxLength: 40 }), fc.nat(39), async (acts, killedAt) => {
        const { person } = workspace(server);
        const people = await Promise.all(names.map((name) => person(name, name === 'alice' ? 'admin' : 'member')));
        assert.equal((await people[0]!.put('/v1/groups/g', { name: 'g', members: [...grouped] })).status, 200);
        const channel = await people[0]!.makes('private', 'general', people);
        const model = new UnreadModel();
        const { rev } = (await people[0]!.get(`/v1/channels/${channel}`)).body.channel.head;
        for (const name of names) model.joined(name, rev);
        for (const [i, one] of acts.entries()) {
          await perform(one, model, people, channel);
          if (i === killedAt) {
            await server.kill();
            await server.restart();
            await eventually(() => compare(model, people, channel), 10_000);
          }
        }
        await compare(model, people, channel);
      }),
      { numRuns: Number(process.env['MODEL_RUNS'] ?? 6), endOnFailure: true },
    );
  });
});
