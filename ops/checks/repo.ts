import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

/** The checkout. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

export const text = (path: string): string => readFileSync(`${root}${path}`, 'utf8');
export const exists = (path: string): boolean => existsSync(`${root}${path}`);

/** A YAML or JSON file, with the `<<` of compose files. */
export function data<Shape>(path: string): Shape {
  return parse(text(path), { merge: true }) as Shape;
}

/** Files below a folder whose path fits, relative to the checkout. */
export function filesIn(folder: string, fits: RegExp): string[] {
  return readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' })
    .map((path) => `${folder}/${path.replaceAll('\\', '/')}`)
    .filter((path) => fits.test(path) && !path.includes('node_modules/'))
    .sort();
}

/** What a check finds wrong: a line each; none is good. */
export type Findings = string[];
