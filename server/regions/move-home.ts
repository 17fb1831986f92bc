import type { Directory } from '../../platform/directory/port.ts';
import { MillraceError } from '../../platform/errors/error.ts';
import type { ChannelHome } from '../../schemas/generated/types.ts';
import { bySystem } from '../life/parts.ts';

export interface HomeMove {
  workspace: string;
  channel: string;
  /** Unset: only tell where it is. */
  to?: number | undefined;
  force?: boolean | undefined;
}

export interface HomeMoved {
  home: ChannelHome;
  moved: boolean;
}

/**
 * Moves a channel's home, under an epoch above the one that it had: where it was, or, by force, here, whatever the home says
 * that does not answer. Errors: `conflict` where this is the wrong region for it, `not_found`, `invalid_request`.
 */
export async function moveHome(
  directory: Directory,
  regions: { own: number; peers: number[] } | undefined,
  { workspace, channel, to, force = false }: HomeMove,
): Promise<HomeMoved> {
  if (!regions)
    throw new MillraceError('conflict', 'there is one region here, which is every home: MILLRACE_REGION is not set');
  const { own, peers } = regions;
  const [found] = await directory.channelsById(workspace, [channel]);
  if (!found) throw new MillraceError('not_found', `there is no channel ${channel} in the workspace ${workspace}`);
  const home = found.home ?? { region: own, epoch: 0 };
  if (to === undefined || to === home.region) return { home, moved: false };
  if (to !== own && !peers.includes(to))
    throw new MillraceError('invalid_request', `to: there is no region ${to}; there are ${[own, ...peers].join(', ')}`);
  if (force && to !== own)
    throw new MillraceError(
      'invalid_request',
      `force: a home is taken to the region where that is said, which is ${own}`,
    );
  if (!force && home.region !== own)
    throw new MillraceError(
      'conflict',
      `the home is in region ${home.region}: move it from there; where that does not answer, --force takes it here`,
    );
  const next = { region: to, epoch: home.epoch + 1 };
  const moved = await directory.moveHome(workspace, channel, next, bySystem);
  if (!moved) throw new MillraceError('conflict', 'the home was moved meanwhile: look where it is, and say it again');
  return { home: next, moved };
}
