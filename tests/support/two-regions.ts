import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { adminCall } from '../../cli/admin-client.ts';
import type { Message } from '../../client/wire.ts';
import type { HomeMoved } from '../../server/regions/move-home.ts';
import type { CutProxy } from './cut-proxy.ts';
import { eventually } from './eventually.ts';
import { Person, token } from './person.ts';
import type { Server } from './server.ts';

/** Two whole installations answer as fast as the machine lets them. */
const soon = <Result>(check: () => Promise<Result>, ms = 30_000) => eventually(check, ms);

/** Two whole installations, 1 and 2, and the ways on which each reads the other one's log. */
export interface TwoRegions {
  one: Server;
  two: Server;
  links: CutProxy[];
  stop(): Promise<void>;
}

/** What two regions promise each other while their link is cut and heals: docs/decisions/021. */
export function regionsKeepTheirPromises(title: string, open: () => Promise<TwoRegions>): void {
  describe(title, { timeout: 400_000 }, () => {
    let regions: TwoRegions;
    let one: Server;
    let two: Server;
    const workspace = randomUUID();

    before(async () => {
      regions = await open();
      ({ one, two } = regions);
    });
    after(() => regions?.stop());

    const cut = (): void => {
      for (const link of regions.links) link.cut();
    };
    const heal = (): void => {
      for (const link of regions.links) link.heal();
    };

    async function person(server: Server, user: string): Promise<Person> {
      const signed = await token({ sub: user, workspace_id: workspace });
      const made = new Person(server, workspace, user, signed);
      assert.equal((await made.get('/v1/unreads')).status, 200);
      return made;
    }

    /** A channel of both people, made in region 1 and known in region 2. */
    async function channelOfBoth(): Promise<{ channel: string; ann: Person; bob: Person; annIn2: Person }> {
      const [ann, bob, annIn2] = await Promise.all([person(one, 'ann'), person(two, 'bob'), person(two, 'ann')]);
      await person(one, 'bob');
      const channel = await ann.makes('public', `c-${randomUUID()}`, [bob]);
      await soon(async () => assert.equal((await bob.get(`/v1/channels/${channel}`)).status, 200));
      await soon(async () => assert.ok((await messagesOf(bob, channel)).length === 0));
      return { channel, ann, bob, annIn2 };
    }

    async function messagesOf(who: Person, channel: string): Promise<Message[]> {
      const all: Message[] = [];
      for (let after = '0'; ; ) {
        const { status, body } = await who.get(`/v1/channels/${channel}/messages?limit=200&after=${after}`);
        assert.equal(status, 200, JSON.stringify(body));
        all.push(...body.messages);
        if (!body.has_more_after) return all;
        after = body.messages.at(-1)!.message_id;
      }
    }

    /** All but what is each region's own: its revs. */
    async function shown(who: Person, channel: string, seqs: boolean): Promise<object[]> {
      return (await messagesOf(who, channel)).map(({ rev: _rev, seq, reactions, ...message }) => ({
        ...message,
        ...(seqs ? { seq } : {}),
        reactions: Object.fromEntries(Object.entries(reactions).map(([emoji, users]) => [emoji, [...users].sort()])),
      }));
    }

    async function converged(
      channel: string,
      ann: Person,
      bob: Person,
      count: number,
      seqs = true,
    ): Promise<Message[]> {
      await soon(async () => {
        const [here, there] = [await shown(ann, channel, seqs), await shown(bob, channel, seqs)];
        assert.deepEqual(here, there);
        assert.equal(here.length, count);
      }, 60_000);
      return messagesOf(ann, channel);
    }

    const send = (who: Person, channel: string, text: string, client_msg_id: string = randomUUID()) =>
      who.post('/v1/messages', { channel_id: channel, text, client_msg_id });

    /** Sends until it is taken, as the contract asks of a client. */
    async function taken(who: Person, channel: string, text: string, id: string = randomUUID()): Promise<Message> {
      return soon(async () => {
        const { status, body } = await send(who, channel, text, id);
        assert.ok(status === 200 || status === 201, JSON.stringify(body));
        return body.message;
      });
    }

    async function home(server: Server, channel: string, more: object = {}): Promise<HomeMoved> {
      for await (const line of adminCall(server.folder, 'POST', '/home', { workspace, channel, ...more }))
        return line as HomeMoved;
      throw new Error('no answer');
    }

    it('have one order of a channel: what is sent away from home is ordered at home, and acknowledged', async () => {
      const { channel, ann, bob } = await channelOfBoth();
      const sent: string[] = [];
      for (let i = 0; i < 5; i++) {
        sent.push((await ann.say(channel, `ann ${i}`)).message_id);
        sent.push((await taken(bob, channel, `bob ${i}`)).message_id);
      }
      const all = await converged(channel, ann, bob, 10);
      assert.deepEqual(
        all.map(({ message_id }) => message_id),
        sent,
      );
    });

    it('go on in a cut: the home takes messages, the other one says that its sends wait, changes go on and merge', async () => {
      const { channel, ann, bob, annIn2 } = await channelOfBoth();
      const first = await ann.say(channel, 'first');
      const second = await ann.say(channel, 'second');
      await converged(channel, ann, bob, 2);
      cut();
      await ann.say(channel, 'in the cut');
      const id = randomUUID();
      const waits = await send(bob, channel, 'away in the cut', id);
      assert.deepEqual([waits.status, waits.body.code], [503, 'unavailable']);
      assert.match(waits.body.detail, /region 1, the home of the channel, does not answer: the message waits/);
      assert.ok(Number(waits.headers.get('retry-after')) > 0);
      const at = (message: Message, rest = '') => `/v1/channels/${channel}/messages/${message.message_id}${rest}`;
      assert.equal((await bob.put(at(first, '/reactions/tada'))).status, 200);
      assert.equal((await ann.put(at(first, '/reactions/heart'))).status, 200);
      assert.equal((await ann.patch(at(first), { text: 'edited at home' })).status, 200);
      assert.equal((await annIn2.patch(at(first), { text: 'edited away, later' })).status, 200);
      assert.equal((await annIn2.delete(at(second))).status, 200);
      assert.equal((await bob.put(`/v1/channels/${channel}/read`, { seq: 2 })).status, 200);
      heal();
      const all = await converged(channel, ann, bob, 4);
      assert.equal(all[0]!.text, 'edited away, later');
      assert.deepEqual(Object.keys(all[0]!.reactions).sort(), ['heart', 'tada']);
      assert.equal(all[1]!.deleted, true);
      // Nobody sent it again: it had waited.
      assert.equal(all.filter(({ client_msg_id }) => client_msg_id === id).length, 1);
      const again = await send(bob, channel, 'away in the cut', id);
      assert.equal(again.status, 200);
      const bobAtHome = await person(one, 'bob');
      await soon(async () => {
        const { channels } = (await bobAtHome.get('/v1/unreads')).body;
        // By reading 2, and by the send that came home behind it.
        assert.equal(channels.find(({ channel_id }) => channel_id === channel)?.unread, 0);
      });
    });

    it('tell each other how far people have read', async () => {
      const { channel, ann, bob } = await channelOfBoth();
      for (let i = 0; i < 3; i++) await ann.say(channel, `${i}`);
      await converged(channel, ann, bob, 3);
      const bobAtHome = await person(one, 'bob');
      await bob.put(`/v1/channels/${channel}/read`, { seq: 2 });
      await soon(async () => {
        const { channels } = (await bobAtHome.get('/v1/unreads')).body;
        assert.deepEqual(
          channels.filter(({ channel_id }) => channel_id === channel).map(({ unread }) => unread),
          [1],
        );
      });
    });

    it('tell each other who is here, while they hear of each other', async () => {
      const { annIn2 } = await channelOfBoth();
      const bobAtHome = await person(one, 'bob');
      const status = async (who: Person, of: string) =>
        (await who.get(`/v1/presence?user_id=${of}`)).body.presence[0]!.status;
      const socket = await bobAtHome.socket();
      await soon(async () => assert.equal(await status(annIn2, 'bob'), 'online'));
      cut();
      await socket.close();
      await soon(async () => assert.equal(await status(bobAtHome, 'bob'), 'offline'));
      assert.equal(await status(annIn2, 'bob'), 'online', 'for a lease’s time');
      heal();
      await soon(async () => assert.equal(await status(annIn2, 'bob'), 'offline'));
    });

    it('move a home, which the old one hears first, and change a channel where its home is alone', async () => {
      const { channel, ann, bob } = await channelOfBoth();
      await ann.say(channel, 'before');
      await assert.rejects(home(two, channel, { to: 2 }), /the home is in region 1/);
      const joins = await bob.patch(`/v1/channels/${channel}`, { topic: 'here?' });
      assert.equal(joins.status, 409);
      assert.deepEqual(await home(one, channel, { to: 2 }), { home: { region: 2, epoch: 1 }, moved: true });
      await soon(async () => assert.equal((await home(two, channel)).home.region, 2));
      // The order hears of it a moment after the directory.
      await taken(bob, channel, 'at the new home');
      await taken(ann, channel, 'from the old one');
      assert.equal((await bob.patch(`/v1/channels/${channel}`, { topic: 'here' })).status, 200);
      await soon(async () => assert.equal((await ann.get(`/v1/channels/${channel}`)).body.channel.topic, 'here'));
      await converged(channel, ann, bob, 3);
    });

    it('lose and double nothing when a home is taken by force in a cut, and come to one history', async () => {
      const { channel, ann, bob, annIn2 } = await channelOfBoth();
      await ann.say(channel, 'before');
      await converged(channel, ann, bob, 1);
      cut();
      assert.equal((await home(two, channel, { to: 2, force: true })).moved, true);
      await taken(bob, channel, 'taken');
      await ann.say(channel, 'the old home goes on');
      // Sent to both, for the first one's answer was lost.
      await taken(ann, channel, 'both', 'both');
      await taken(annIn2, channel, 'both', 'both');
      heal();
      const all = await converged(channel, ann, bob, 5, false);
      assert.equal(all.filter(({ text, deleted }) => text === 'both' && !deleted).length, 1);
      assert.equal(all.filter(({ deleted }) => deleted).length, 1);
      await soon(async () => assert.deepEqual((await home(one, channel)).home, { region: 2, epoch: 1 }));
      await taken(bob, channel, 'one order again');
      await converged(channel, ann, bob, 6, false);
    });

    it('lose and double nothing that was acknowledged while each is killed and the link comes and goes', async () => {
      const { channel, ann, bob } = await channelOfBoth();
      const acknowledged = new Set<string>();
      let writing = true;
      const writes = async (who: Person): Promise<void> => {
        for (let i = 0; writing; i++) {
          const id = `${who.id} ${i}`;
          // Until it is taken, as the contract asks of a client.
          while (writing) {
            const status = await send(who, channel, id, id).then(
              (answer) => answer.status,
              () => 0,
            );
            if (status === 200 || status === 201) {
              acknowledged.add(id);
              break;
            }
            await new Promise((resolve) => setTimeout(resolve, 100));
          }
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      };
      const both = Promise.all([writes(ann), writes(bob)]);
      const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
      await wait(1500);
      cut();
      await wait(1000);
      heal();
      await wait(1000);
      await one.kill();
      await one.restart();
      await wait(1000);
      await two.kill();
      cut();
      await two.restart();
      heal();
      await wait(2000);
      writing = false;
      await both;
      await soon(async () => {
        assert.deepEqual(await shown(ann, channel, true), await shown(bob, channel, true));
        const kept = (await messagesOf(ann, channel)).map(({ client_msg_id }) => client_msg_id);
        assert.equal(new Set(kept).size, kept.length, 'nothing twice');
        for (const id of acknowledged) assert.ok(kept.includes(id), `${id} is lost`);
      }, 60_000);
      assert.ok(
        [...acknowledged].some((id) => id.startsWith('ann')) && [...acknowledged].some((id) => id.startsWith('bob')),
      );
    });
  });
}
