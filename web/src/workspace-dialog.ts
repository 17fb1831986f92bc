import { openDialog } from './dialog.ts';
import { ErasuresPanel } from './erasures-panel.ts';
import { HoldsPanel } from './holds-panel.ts';
import { tabs } from './tabs.ts';
import type { Workspace } from './workspace.ts';
import { workspaceSettings } from './workspace-settings.ts';

/** What admins and owners say about the whole workspace. */
export function workspaceDialog(workspace: Workspace): void {
  const holds = new HoldsPanel(workspace);
  const erasures = new ErasuresPanel(workspace);
  const dialog = openDialog(
    'Workspace settings',
    tabs('What is set', [
      { name: 'Settings', panel: workspaceSettings(workspace), onShow: () => undefined },
      { name: 'Legal holds', panel: holds.element, onShow: () => void holds.load() },
      ...(workspace.owns ? [{ name: 'Erasures', panel: erasures.element, onShow: () => void erasures.load() }] : []),
    ]),
  );
  dialog.addEventListener('close', () => holds.dispose());
}
