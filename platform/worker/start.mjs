// First module of every worker thread. Node 20 gives a worker no TypeScript by `--import tsx` (its entry is loaded before
// the hooks are in force), so the hooks are registered here and the thread's own module is imported after them.
import { workerData } from 'node:worker_threads';
import { register } from 'tsx/esm/api';

register();
await import(workerData.module);
