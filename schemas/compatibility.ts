import { readFileSync } from 'node:fs';
import { schemasFolder } from './load.ts';

/** FULL: each version reads what the one before wrote, and the other way round. BACKWARD: newer ones read older ones only. */
const compatibilities = ['FULL', 'BACKWARD'] as const;
export type Compatibility = (typeof compatibilities)[number];

/**
 * What a schema declares beside its fields: `"compatibility": "BACKWARD"`. Default: FULL, which lets processes of two releases run
 * side by side; without it readers have to be upgraded first.
 */
export function compatibilityOf(name: string, folder: string = schemasFolder): Compatibility {
  const { compatibility = 'FULL' } = JSON.parse(readFileSync(`${folder}/${name}.avsc`, 'utf8')) as {
    compatibility?: Compatibility;
  };
  if (compatibilities.includes(compatibility)) return compatibility;
  throw new Error(`schemas/${name}.avsc: "compatibility" is ${compatibilities.join(' or ')}, not ${compatibility}`);
}
