import { parseSettings } from '../../config/parse.ts';
import { hide } from '../../config/secrets.ts';
import type { Settings } from '../../config/settings.ts';
import { type Finding, fail, ok } from '../../platform/doctor.ts';
import { MillraceError } from '../../platform/errors/error.ts';
import { dataFolderChecks } from './data-folder.ts';
import { edgeChecks } from './edge.ts';
import { engineChecks } from './engines.ts';
import { nodeChecks } from './node.ts';

/** Looks at everything at once: the whole takes as long as the slowest look, some seconds at most. */
export async function examineAll(env: { [name: string]: string | undefined }): Promise<Finding[]> {
  let settings: Settings;
  try {
    settings = parseSettings(env);
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error;
    // What they would lead to can't be looked at.
    const wrong = error.detail.split('\n').map((line) => fail('settings', line, 'docs/configuration.md has them all.'));
    return [...wrong, ...nodeChecks()];
  }
  const found = await Promise.all([edgeChecks(settings), dataFolderChecks(settings), engineChecks(settings)]);
  return [ok('settings', 'all are known, and fit'), ...nodeChecks(), ...found.flat()].map((finding) => ({
    ...finding,
    // It may quote what an engine's client said.
    detail: hide(finding.detail),
  }));
}
