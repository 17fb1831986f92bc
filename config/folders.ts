import { fileURLToPath } from 'node:url';

/** The checkout. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/** The topology files that come with Millrace. */
export const defaultTopologies = `${root}topologies`;
