import { Type } from '@sinclair/typebox';
import { channelKey, personKey, presenceKey } from '../../platform/keys.ts';
import { defineProcessor, type Input, type Output, type State } from '../../runtime/processor.ts';
import type { GatewayLease, Interest, MessageEvent, PersonEvent, ReplyTo } from '../../schemas/generated/types.ts';

/** An address's interested gateways: slot → epoch. */
type Gateways = { [gateway: string]: number };
type Lease = { epoch: number; until: number };

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
    interest: { doc: 'Which gateways want what concerns an address, each under its epoch.' },
    leases: { doc: 'The epoch and end of each gateway’s lease.' },
  },
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
    if (holds(state, gateway, interested[gateway]!)) found.push(gateway);
  }
  if (replyTo && !found.includes(replyTo.gateway) && holds(state, replyTo.gateway, replyTo.epoch))
    found.push(replyTo.gateway);
  return found;
}

function holds(state: State, gateway: string, epoch: number): boolean {
  const lease = state.get('leases', gateway) as Lease | undefined;
  // A lease may reach this task after what was asked under it: only a newer one ends an epoch.
  return !lease || (lease.epoch <= epoch && (lease.epoch < epoch || lease.until > 0));
}

function foldInterest(state: State, { address, gateway, epoch, wanted }: Interest): void {
  const known = (state.get('interest', address) as Gateways | undefined) ?? {};
  if ((known[gateway] ?? 0) > epoch) return;
  const { [gateway]: _former, ...others } = known;
  const next = wanted ? { ...others, [gateway]: epoch } : others;
  state.set('interest', address, Object.keys(next).length > 0 ? next : undefined);
}

function foldLease(state: State, { gateway, epoch, until }: GatewayLease, _at: Input): Output[] {
  const known = state.get('leases', gateway) as Lease | undefined;
  if (!known || epoch >= known.epoch) state.set('leases', gateway, { epoch, until });
  return [];
}
