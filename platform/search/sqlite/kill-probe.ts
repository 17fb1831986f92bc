// Indexes batches of ten documents, some at once, and prints each one's number once it is kept, until search.test.ts kills it.
//   kill-probe.ts FOLDER PATIENCE_MS BATCHES_AT_ONCE
import { openSearch } from '../sqlite.ts';

const [folder, patience, atOnce] = process.argv.slice(2);
const index = await openSearch({ folder: folder!, patience_ms: Number(patience) });
let next = 1;

async function one(): Promise<void> {
  while (next <= 1_000) {
    const batch = next++;
    await index.index(
      Array.from({ length: 10 }, (_, n) => ({
        workspace_id: 'w',
        channel_id: 'C1',
        message_id: `${batch}-${n}`,
        rev: 1,
        user_id: 'ann',
        text: `a word b${batch}`,
        created_at: batch,
        deleted: false,
      })),
    );
    process.stdout.write(`${batch}\n`);
  }
}
await Promise.all(Array.from({ length: Number(atOnce) }, one));
