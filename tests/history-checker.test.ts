import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Observed, violations } from './support/history-checker.ts';

/** Three messages and a reply, heard by two clients, all well. */
function sound(): Observed {
  const message = (n: number, thread_id: string | null = null) => ({
    message_id: `${100 + n}`,
    seq: thread_id === null ? n : 1,
    user_id: 'a',
    client_msg_id: `c${n}`,
    thread_id,
    rev: n,
    text: `text ${n}`,
    deleted: false,
    reactions: n === 1 ? { tada: ['a'] } : {},
  });
  const messages = [message(1), message(2), message(3)];
  const replies = [message(4, '101')];
  const seen = [1, 2, 3, 4].map((rev) => ({ rev, kind: 'message.created', message_id: `${100 + rev}` }));
  const all = [...messages, ...replies];
  return {
    lastWords: all.map(({ message_id, user_id, text, rev }) => {
      return { channel: 'x', message_id, user_id, text, rev, reactions: rev === 1 ? { tada: true, eyes: false } : {} };
    }),
    records: all.map(({ message_id, text, rev, deleted }) => {
      return { channel: 'x', rev, value: text, message: { message_id, text, deleted } };
    }),
    documents: all.map(({ message_id, text, rev, deleted }) => ({ channel: 'x', message_id, text, rev, deleted })),
    histories: [{ channel: 'x', silent: 0, head: { rev: 4, seq: 3 }, messages, replies }],
    views: [
      { client: 'one', channel: 'x', from: 0, seen },
      { client: 'two', channel: 'x', from: 2, seen: seen.slice(2) },
    ],
    acknowledged: messages.map(({ user_id, client_msg_id, message_id }) => ({
      channel: 'x',
      user_id,
      client_msg_id,
      message_id,
    })),
    standings: [{ user_id: 'a', channel: 'x', last_seq: 3, last_read_seq: 2, unread: 1, read_to: 2 }],
  };
}

describe('the history checker', () => {
  it('finds nothing where all is well', () => assert.deepEqual(violations(sound()), []));

  it('takes the same record twice for one', () => {
    const observed = sound();
    observed.records!.push({ ...observed.records![1]! });
    assert.deepEqual(violations(observed), []);
  });

  const planted: [string, (observed: Observed) => void, RegExp][] = [
    [
      'a loss',
      ({ acknowledged }) => acknowledged.push({ channel: 'x', user_id: 'a', client_msg_id: 'c9', message_id: '109' }),
      /lost/,
    ],
    [
      'a double',
      ({ histories: [x] }) => {
        x!.messages.push({ ...x!.messages[0]!, message_id: '120', seq: 4 });
        x!.head.seq = 4;
      },
      /twice/,
    ],
    [
      'another message under an acknowledged id',
      ({ acknowledged }) => {
        acknowledged[0]!.client_msg_id = 'c2';
      },
      /another message/,
    ],
    [
      'a gap of seq',
      ({ histories: [x] }) => {
        x!.messages[2]!.seq = 5;
      },
      /seq 5/,
    ],
    [
      'a head that counts wrong',
      ({ histories: [x] }) => {
        x!.head.seq = 2;
      },
      /head's seq/,
    ],
    [
      'ids that fall',
      ({ histories: [x] }) => {
        x!.messages[2]!.message_id = '50';
      },
      /not above/,
    ],
    [
      'a gap of rev',
      ({ views }) => {
        views[0]!.seen = views[0]!.seen.filter(({ rev }) => rev !== 2);
      },
      /missed 2/,
    ],
    [
      'a repeat',
      ({ views }) => {
        views[1]!.seen = [views[1]!.seen[0]!, ...views[1]!.seen];
      },
      /saw again/,
    ],
    [
      'a reorder',
      ({ views }) => {
        views[1]!.seen = [...views[1]!.seen].reverse();
      },
      /missed 3.*\n.*saw again/,
    ],
    [
      'an end that never came',
      ({ views }) => {
        views[1]!.seen.pop();
      },
      /came to rev 3/,
    ],
    [
      'two orders',
      ({ views }) => {
        views[1]!.seen = views[1]!.seen.map((event) => ({ ...event, message_id: '103' }));
      },
      /rev 4 is/,
    ],
    [
      'a message nobody heard',
      ({ histories: [x] }) => {
        x!.replies.push({ ...x!.replies[0]!, message_id: '130', client_msg_id: 'c8' });
      },
      /never heard/,
    ],
    [
      'a reply with a seq of its own',
      ({ histories: [x] }) => {
        x!.replies[0]!.seq = 2;
      },
      /root's seq/,
    ],
    [
      'a row that was reverted',
      ({ histories: [x] }) => {
        Object.assign(x!.messages[1]!, { text: 'before', rev: 1 });
      },
      /rev 1, and 2 was acknowledged[\s\S]*reads "before", and "text 2" was acknowledged/,
    ],
    [
      'a deletion that was lost',
      ({ lastWords }) => {
        lastWords[1]!.text = null;
      },
      /not deleted/,
    ],
    [
      'a deletion that nobody asked for',
      ({ histories: [x] }) => {
        Object.assign(x!.messages[1]!, { text: '', deleted: true });
      },
      /is deleted, against/,
    ],
    [
      'a reaction that was lost, and one that came back',
      ({ histories: [x] }) => {
        x!.messages[0]!.reactions = { eyes: ['a'] };
      },
      /tada of a is not there[\s\S]*eyes of a is there/,
    ],
    [
      'a rev with two events',
      ({ records }) => {
        records!.push({ ...records![1]!, value: 'another' });
      },
      /rev 2 lies there as two/,
    ],
    [
      'a record that is missing, and one above the head',
      ({ records }) => {
        records![2]!.rev = 7;
      },
      /no record has rev 3[\s\S]*rev 7 lies above/,
    ],
    [
      'a row that is not what the last event says',
      ({ records }) => {
        records![1]!.message!.text = 'otherwise';
      },
      /its last event "otherwise"/,
    ],
    [
      'a document that is missing, and one that stayed as it was',
      ({ documents }) => {
        documents![0]!.text = 'before';
        documents!.splice(1, 1);
      },
      /"before" is indexed[\s\S]*102 is not in the index/,
    ],
    [
      'unread that is no subtraction',
      ({ standings }) => {
        standings[0]!.unread = 2;
      },
      /2 unread/,
    ],
    [
      'a read that was lost',
      ({ standings }) => {
        standings[0]!.read_to = 3;
      },
      /not 3/,
    ],
  ];
  for (const [name, plant, complaint] of planted) {
    it(`finds ${name}`, () => {
      const observed = structuredClone(sound());
      plant(observed);
      assert.match(violations(observed).join('\n'), complaint);
    });
  }
});
