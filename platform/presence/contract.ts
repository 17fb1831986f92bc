import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Presence, Status } from './port.ts';

export interface OpenPresence {
  presence: Presence;
  /** Lets so much time pass for the presence's leases. */
  pass(milliseconds: number): Promise<void>;
  /** The time that those go by. */
  now(): number;
}

const ann = { workspace_id: 'w', user_id: 'ann' };
const elsewhere = { workspace_id: 'v', user_id: 'ann' };

/** What every adapter of presence must do. */
export function presenceContract(name: string, open: () => Promise<OpenPresence>): void {
  describe(`presence contract: ${name}`, () => {
    const withPresence = async (
      run: (opened: OpenPresence & { told: Status[]; status(): Promise<Status> }) => Promise<void>,
    ): Promise<void> => {
      const opened = await open();
      const told: Status[] = [];
      opened.presence.onChange((person, state) => {
        if (person.workspace_id === 'w') told.push(state.status);
      });
      const status = async (): Promise<Status> => (await opened.presence.statuses([ann]))[0]!.status;
      try {
        await run({ ...opened, told, status });
      } finally {
        await opened.presence.close();
      }
    };

    it('ends by itself what was set until a time, also while no device is here', () =>
      withPresence(async ({ presence, status, told, pass, now }) => {
        await presence.touch(ann, 'phone');
        const end = now() + 30_000;
        const until = async () => (await presence.statuses([ann]))[0]!.until;
        await presence.setStatus(ann, 'busy', end);
        assert.equal(await status(), 'busy');
        assert.equal(await until(), end);
        await pass(31_000);
        assert.equal(await status(), 'online');
        assert.equal(await until(), undefined);
        assert.deepEqual(told, ['online', 'busy', 'online']);
        await presence.touch(ann, 'phone');
        await presence.setStatus(ann, 'away', now() + 30_000);
        await presence.setStatus(ann, 'busy');
        assert.equal(await until(), undefined);
        await pass(31_000);
        assert.equal(await status(), 'busy', 'the later word counts, which has no end');
        await presence.setStatus(ann, 'busy', now() + 5_000);
        await presence.leave(ann, 'phone', 0);
        assert.equal(await until(), undefined, 'offline has no end');
        await pass(6_000);
        await presence.touch(ann, 'phone');
        assert.equal(await status(), 'online');
      }));

    it('folds devices into one status, and tells each change once', () =>
      withPresence(async ({ presence, status, told }) => {
        assert.equal(await status(), 'offline');
        await presence.touch(ann, 'phone');
        await presence.touch(ann, 'laptop');
        await presence.setIdle(ann, 'phone', true);
        assert.equal(await status(), 'online');
        await presence.setIdle(ann, 'laptop', true);
        assert.equal(await status(), 'away');
        await presence.touch(ann, 'laptop');
        assert.equal(await status(), 'away', 'a heartbeat is no activity');
        await presence.leave(ann, 'phone', 0);
        await presence.leave(ann, 'laptop', 0);
        assert.equal(await status(), 'offline');
        assert.deepEqual(told, ['online', 'away', 'offline']);
      }));

    it('holds what is set by hand until online is set, and over a break', () =>
      withPresence(async ({ presence, status }) => {
        await presence.touch(ann, 'phone');
        await presence.setStatus(ann, 'busy');
        await presence.setIdle(ann, 'phone', true);
        assert.equal(await status(), 'busy');
        await presence.leave(ann, 'phone', 0);
        assert.equal(await status(), 'offline');
        await presence.touch(ann, 'phone');
        assert.equal(await status(), 'busy');
        await presence.setStatus(ann, 'online');
        assert.equal(await status(), 'online');
      }));

    it('lets a broken connection come back before its grace ends', () =>
      withPresence(async ({ presence, status, told, pass }) => {
        await presence.touch(ann, 'phone');
        await presence.leave(ann, 'phone', 10_000);
        await pass(5000);
        assert.equal(await status(), 'online');
        await presence.touch(ann, 'phone');
        await pass(10_000);
        assert.equal(await status(), 'online');
        await presence.leave(ann, 'phone', 10_000);
        await pass(11_000);
        assert.equal(await status(), 'offline');
        assert.deepEqual(told, ['online', 'offline']);
      }));

    it('ends a lease that nobody renews, and tells so', () =>
      withPresence(async ({ presence, status, told, pass }) => {
        await presence.touch(ann, 'phone');
        await pass(61_000);
        assert.equal(await status(), 'offline');
        assert.deepEqual(told, ['online', 'offline']);
      }));

    it('keeps the same user id in two workspaces apart', () =>
      withPresence(async ({ presence }) => {
        await presence.touch(ann, 'phone');
        const [here, there] = await presence.statuses([ann, elsewhere]);
        assert.equal(here!.status, 'online');
        assert.deepEqual(there, { status: 'offline', last_active_at: undefined, until: undefined });
      }));
  });
}
