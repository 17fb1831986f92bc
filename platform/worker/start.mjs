// First module of every worker thread. Node 20 gives a worker no TypeScript by `--import tsx` (its entry is loaded before
// the hooks are in force), so where there is no build the hooks are registered here, before the thread's own module.
import { workerData } from 'node:worker_threads';

if (workerData.module.endsWith('.ts')) (await import('tsx/esm/api')).register();
await import(workerData.module);
