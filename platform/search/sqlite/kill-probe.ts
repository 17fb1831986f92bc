// Indexes batches of ten and prints each one's number once it is kept, until search.test.ts kills it.
import { openSearch } from '../sqlite.ts';

const index = await openSearch({ folder: process.argv[2]! });
for (let batch = 1; batch <= 1_000; batch++) {
  await index.index(
    Array.from({ length: 10 }, (_, n) => ({
      workspace_id: 'w',
      channel_id: 'C1',
      message_id: `${batch}-${n}`,
      rev: 1,
      user_id: 'ann',
      text: 'a word',
      created_at: batch,
      deleted: false,
    })),
  );
  process.stdout.write(`${batch}\n`);
}
