import { existsSync } from 'node:fs';
import { Argument } from 'commander';
import { defaultTopologies } from '../../config/folders.ts';
import type { AddCommand } from '../command.ts';

/** For the scripts of `completions`: names one a line, nothing where there are none. */
export const addComplete: AddCommand = (program, terminal) => {
  program
    .command('complete', { hidden: true })
    .description('Prints names for shell completions.')
    .addArgument(new Argument('<kind>', 'which names').choices(['topologies', 'nodes']))
    .action(async (kind: 'topologies' | 'nodes') => {
      const folder = terminal.env['MILLRACE_TOPOLOGIES'] ?? defaultTopologies;
      if (!existsSync(folder)) return;
      const { namesIn } = await import('../completions/names.ts');
      terminal.out(namesIn(folder, kind).join('\n'));
    });
};
