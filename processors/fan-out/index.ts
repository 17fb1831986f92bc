import { Type } from '@sinclair/typebox';
import { channelKey, personKey, presenceKey } from '../../platform/keys.ts';
import { gatewayTick, lease_ms } from '../../platform/leases/gateway-lease.ts';
import { type LeaseClock, unwound } from '../../platform/leases/lease-clock.ts';
import { defineProcessor, type Input, type Output, type State } from '../../runtime/processor.ts';
import type { GatewayLease, Interest, MessageEvent, PersonEvent, ReplyTo } from '../../schemas/generated/types.ts';

/** `ask`: the gateway's own number, which grows within an epoch. */
type Wanted = { epoch: number; ask: number };
/** An address's interested gateways, by slot. */
type Gateways = { [gateway: string]: Wanted };
/** `ends` by the lease clock; 0: given back. */
type Lease = { epoch: number; ends: number };

/** `next`: of the leases' topic. */
type Clock = LeaseClock & { next: number };

/** Gateways say again what they want four times in this time; what they don't is forgotten. */
const interestKept_ms = 24 * 3_600_000;

export default defineProcessor({
  doc: 'Sends an event once to each gateway that is interested in its channel or person, and to the one that waits for it.',
  inputs: ['MessageEvent', 'PersonEvent', 'PresenceChanged', 'Typing', 'Interest', 'GatewayLease'],
  outputs: {
    events: 'MessageEvent',
    people: 'PersonEvent',
    presence: 'PresenceChanged',
    typing: 'Typing',
    markers: 'InterestMarker',
  },
  options: Type.Object({}, { additionalProperties: false }),
  tables: {
    interest: {
      doc: 'Which gateways want what concerns an address, each under its epoch, by its newest ask.',
      expires_ms: interestKept_ms,
    },
    leases: { doc: 'The epoch and end of each gateway’s lease.' },
    clock: { doc: 'Where the clock of the leases stands.' },
  },
  stateVersion: 3,
  folds: { schema: 'Interest', fold: (state, input) => foldInterest(state, input.value as Interest) },
  create: () => (state, input) => {
    switch (input.schema) {
      case 'MessageEvent': {
        const { workspace_id, channel_id, reply_to } = input.value;
        return gateways(state, channelKey(workspace_id, channel_id), reply_to).map(
          (key): Output => ({ to: 'events', schema: 'MessageEvent', key, value: input.value as MessageEvent }),
        );
      }
      case 'PersonEvent': {
        const { workspace_id, user_id, body } = input.value;
        const replyTo = 'ReadMoved' in body ? body.ReadMoved.reply_to : null;
        return gateways(state, personKey(workspace_id, user_id), replyTo).map(
          (key): Output => ({ to: 'people', schema: 'PersonEvent', key, value: input.value as PersonEvent }),
        );
      }
      case 'PresenceChanged': {
        const { value } = input;
        return gateways(state, presenceKey(value.workspace_id, value.user_id), null).map(
          (key): Output => ({ to: 'presence', schema: 'PresenceChanged', key, value }),
        );
      }
      case 'Typing': {
        const { value } = input;
        return gateways(state, channelKey(value.workspace_id, value.channel_id), null).map(
          (key): Output => ({ to: 'typing', schema: 'Typing', key, value }),
        );
      }
      case 'Interest': {
        const { address, gateway, epoch, ask, wanted } = input.value;
        foldInterest(state, input.value);
        // The barrier: whatever is taken up for the address from here on follows it on the gateway's topic.
        return wanted
          ? [{ to: 'markers', schema: 'InterestMarker', key: gateway, value: { address, epoch, ask } }]
          : [];
      }
      case 'GatewayLease':
        return foldLease(state, input.value, input);
      default:
        return [];
    }
  },
});

/** Slots that hold an interest under the epoch they hold now, and the one that waits for the answer. */
function gateways(state: State, address: string, replyTo: ReplyTo | null): string[] {
  const interested = (state.get('interest', address) as Gateways | undefined) ?? {};
  const found: string[] = [];
  for (const gateway in interested) {
    if (holds(state, gateway, interested[gateway]!.epoch)) found.push(gateway);
  }
  if (replyTo && !found.includes(replyTo.gateway) && holds(state, replyTo.gateway, replyTo.epoch))
    found.push(replyTo.gateway);
  return found;
}

function holds(state: State, gateway: string, epoch: number): boolean {
  const lease = state.get('leases', gateway) as Lease | undefined;
  // A lease may reach this task after what was asked under it: only a newer one, or its own end, ends an epoch.
  if (!lease || lease.epoch < epoch) return true;
  return lease.epoch === epoch && lease.ends > clockOf(state).now;
}

/** What a gateway says may come late: behind what it said since, it is of no use any more. */
function foldInterest(state: State, { address, gateway, epoch, ask, wanted }: Interest): void {
  const known = (state.get('interest', address) as Gateways | undefined) ?? {};
  const own = known[gateway];
  if (own && (own.epoch > epoch || (own.epoch === epoch && own.ask > ask))) return;
  const others = Object.fromEntries(
    Object.entries(known).filter(([slot, other]) => slot !== gateway && holds(state, slot, other.epoch)),
  );
  const next = wanted ? { ...others, [gateway]: { epoch, ask } satisfies Wanted } : others;
  state.set('interest', address, Object.keys(next).length > 0 ? next : undefined);
}

/** Each task reads the leases whole when it begins: what a state of an earlier life has taken must not renew them once more. */
function foldLease(
  state: State,
  { gateway, epoch, until, held }: GatewayLease,
  at: Pick<Input, 'time' | 'offset'>,
): Output[] {
  const before = clockOf(state);
  if (at.offset < before.next) return [];
  const clock = gatewayTick(before, at.time);
  state.set('clock', '', { ...clock, next: at.offset + 1 } satisfies Clock);
  const known = state.get('leases', gateway) as Lease | undefined;
  if (held && epoch >= (known?.epoch ?? 0))
    state.set('leases', gateway, { epoch, ends: until === 0 ? 0 : clock.now + lease_ms } satisfies Lease);
  return [];
}

function clockOf(state: State): Clock {
  return (state.get('clock', '') as Clock | undefined) ?? { ...unwound, next: 0 };
}
