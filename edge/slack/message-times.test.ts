import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { channelKey, partitionOf } from '../../platform/keys.ts';
import { snowflake, successor } from '../../processors/sequence/snowflake.ts';
import type { Message } from '../../schemas/generated/types.ts';
import { MessageTimes } from './message-times.ts';
import { compareTs, isSlackTs } from './ts.ts';

const channel = { workspace_id: 'w', channel_id: 'C1' };
const partitions = 8;
const own = partitionOf(channelKey('w', 'C1'), partitions);
const began = Date.UTC(2026, 10, 25);

type Row = Pick<Message, 'message_id' | 'client_msg_id' | 'thread_id'>;

/** A store of these messages; those of `imported` are known by their client_msg_id. */
function times(rows: Row[], imported: Row[], moved = false): MessageTimes {
  const byId = new Map(rows.map((row) => [row.message_id, row as Message]));
  const identities = new Map(imported.map((row) => [row.client_msg_id, row]));
  return new MessageTimes(
    {
      message: async (_, id) => byId.get(id),
      messages: async (_, ids) => ids.flatMap((id) => byId.get(id) ?? []),
      identities: async (_, ids) => {
        assert.ok(ids.length <= 500);
        return ids.map((id) => identities.get(id));
      },
    },
    partitions,
    moved,
  );
}

const row = (id: bigint, client_msg_id: string): Row => ({ message_id: id.toString(), client_msg_id, thread_id: null });

/** What happens to a channel: someone writes, or Slack’s message is imported. Times lie close, so that they often meet. */
const step = fc.record({
  imported: fc.boolean(),
  forged: fc.boolean(),
  ms: fc.integer({ min: 0, max: 3 }),
  micro: fc.integer({ min: 0, max: 12 }),
  counter: fc.constantFrom(0, 0, 0, 5, 998, 999, 1000, 4094),
});

describe('messages of a channel, some imported and some not', () => {
  it('have a ts each, which finds each, whatever ts the imported ones brought along', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const rows: Row[] = [];
        const imported: Row[] = [];
        const kept = new Set<string>();
        let last = 0n;
        for (const [i, { imported: isImport, forged, ms, micro, counter }] of steps.entries()) {
          const ts = `${Math.floor(began / 1000)}.${String(ms).padStart(3, '0')}${String(micro).padStart(3, '0')}`;
          const identity = `slack:C1:${ts}`;
          // An import of what is there already adds nothing.
          if (isImport && kept.has(identity)) continue;
          const wanted = snowflake(began + ms, own, counter);
          const id = wanted > last ? wanted : successor(last, own);
          last = id;
          const made = row(id, isImport || forged ? identity : `own-${i}`);
          rows.push(made);
          if (!isImport) continue;
          imported.push(made);
          kept.add(identity);
        }
        const asked = times(rows, imported);
        const found = await asked.of(channel, rows);
        assert.equal(new Set(found.values()).size, rows.length, 'each has its own');
        for (const { message_id, client_msg_id } of imported)
          assert.equal(`slack:C1:${found.get(message_id)}`, client_msg_id, 'an imported one keeps Slack’s');
        const fresh = times(rows, imported);
        for (const one of rows) {
          const ts = found.get(one.message_id)!;
          assert.equal((await fresh.find(channel, ts))?.message_id, one.message_id);
        }
        const sent = rows.filter((one) => !imported.includes(one)).map(({ message_id }) => found.get(message_id)!);
        for (let i = 1; i < sent.length; i++) assert.ok(compareTs(sent[i - 1]!, sent[i]!) < 0, 'in the order of ids');
      }),
      { numRuns: 150 },
    );
  });

  it('are not found by another’s ts, nor by the one that an imported message’s id would have', async () => {
    const imported = row(snowflake(began, own, 7), 'slack:C1:1499999999.000123');
    const sent = row(snowflake(began + 1, own, 0), 'own');
    const asked = times([imported, sent], [imported]);
    const seconds = Math.floor(began / 1000);
    assert.equal(await asked.find(channel, `${seconds}.000007`), undefined);
    assert.equal(await asked.find(channel, `${seconds}.0010000000`), undefined);
    assert.equal(await asked.find(channel, `${seconds}.001`), undefined);
    assert.equal(await asked.find(channel, 'p1499999999000123'), undefined);
    assert.equal((await asked.find(channel, `${seconds}.001000`))?.message_id, sent.message_id);
    assert.equal((await asked.find(channel, '1499999999.000123'))?.message_id, imported.message_id);
  });

  it('believe no client_msg_id that the store does not know', async () => {
    const forged = row(snowflake(began, own, 0), 'slack:C1:1499999999.000123');
    const found = await times([forged], []).ofOne(channel, forged);
    assert.equal(found, `${Math.floor(began / 1000)}.000000`);
    assert.ok(isSlackTs(found));
  });

  it('are found by the partition that they had before there were more', async () => {
    const before = partitionOf(channelKey('w', 'C1'), 3);
    assert.notEqual(before, own);
    const old = row(snowflake(began, before, 1), 'own');
    const ts = await times([old], []).ofOne(channel, old);
    assert.equal((await times([old], [], true).find(channel, ts))?.message_id, old.message_id);
  });
});
