import { workspaceAddresses, workspaceList } from '../config/placement.ts';
import type { Settings } from '../config/settings.ts';
import { MillraceError } from '../platform/errors/error.ts';

/**
 * Which workspaces this deployment serves. One that lies on a shard of its own (engines, or a namespace on them, with
 * edges and workers for itself) is refused everywhere else, before anything is made for it.
 */
export class Placement {
  private readonly here: ReadonlySet<string> | undefined;
  private readonly elsewhere: ReadonlyMap<string, string>;

  constructor({ workspaces, workspaces_elsewhere }: Pick<Settings, 'workspaces' | 'workspaces_elsewhere'>) {
    this.here = workspaces === undefined ? undefined : new Set(workspaceList(workspaces));
    this.elsewhere = workspaces_elsewhere === undefined ? new Map() : workspaceAddresses(workspaces_elsewhere);
  }

  /** Error: `forbidden`, with the address where it is known. */
  check(workspaceId: string): void {
    const address = this.elsewhere.get(workspaceId);
    if (address !== undefined)
      throw new MillraceError('forbidden', `workspace_id: this workspace is served at ${address}`);
    if (this.here && !this.here.has(workspaceId))
      throw new MillraceError('forbidden', 'workspace_id: this workspace is not served here');
  }
}
