import type { SlackMethod } from '../method.ts';

export const appMethods: SlackMethod[] = [
  { name: 'apps.connections.open', run: async ({ socketUrl }) => ({ url: socketUrl() }) },
];
