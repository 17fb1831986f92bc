import { parseSettings } from '../../config/parse.ts';
import { MillraceError } from '../../platform/errors/error.ts';
import type { RebuildProgress } from '../../server/rebuild-search.ts';
import { adminCall } from '../admin-client.ts';
import { type AddCommand, examples } from '../command.ts';
import { Progress } from '../progress.ts';

export const addReplay: AddCommand = (program, terminal) => {
  program
    .command('replay')
    .description('Fills a new search index from the store while the old one serves, compares it, and swaps it in.')
    .argument('<topology>', 'index')
    .option('--rollback', 'serve the index from before the last replay again')
    .option('--json', 'print each step as a line of JSON')
    .addHelpText(
      'after',
      examples([
        ['millrace replay index', 'rebuild the search index'],
        ['millrace replay index --rollback', 'go back to the former one'],
      ]),
    )
    .action(async (topology: string, { rollback, json }: { rollback?: boolean; json?: boolean }) => {
      if (topology !== 'index')
        throw new MillraceError('invalid_request', `topology: only index can be replayed, not "${topology}"`);
      const { data_dir } = parseSettings(terminal.env);
      if (rollback) {
        for await (const line of adminCall(data_dir, 'POST', '/rollback/search')) {
          const { id, documents } = line as { id: string; documents: number };
          terminal.out(
            json ? JSON.stringify(line) : `Serving the former index, ${id}, of ${documents} documents, again.`,
          );
        }
        return;
      }
      const progress = new Progress(terminal, 'indexed', undefined);
      for await (const line of adminCall(data_dir, 'POST', '/replay/search')) {
        const step = line as RebuildProgress;
        if (json) terminal.out(JSON.stringify(step));
        else if (step.phase === 'fill') progress.update(step.documents);
        else if (step.phase === 'compare') {
          progress.end(step.documents);
          terminal.err(`compared ${step.compared} samples: ${step.different} differ`);
        } else terminal.out(`Swapped in: ${step.documents} documents. \`millrace replay index --rollback\` goes back.`);
      }
    });
};
