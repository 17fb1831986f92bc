import { readFileSync } from 'node:fs';
import { root } from '../../config/folders.ts';
import { type Finding, fail, ok } from '../../platform/doctor.ts';

export function nodeChecks(running = process.versions.node): Finding[] {
  const { engines } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { engines: { node: string } };
  const least = engines.node.replace('>=', '');
  if (isBelow(running, least))
    return [fail('node', `version ${running}, ${least} or newer is needed`, 'Install Node 20, 22 or 24.')];
  return [ok('node', `version ${running}`)];
}

function isBelow(version: string, least: string): boolean {
  const [a, b] = [version, least].map((text) => text.split('.').map(Number));
  for (let i = 0; i < b!.length; i++) if ((a![i] ?? 0) !== b![i]) return (a![i] ?? 0) < b![i]!;
  return false;
}
