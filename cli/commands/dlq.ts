import type { Command } from 'commander';
import { type AddCommand, callErrors, withHelp } from '../command.ts';
import type { EditOptions, FilterOptions } from '../dlq/options.ts';

const exits = ['not_found', 'conflict', ...callErrors] as const;

function withFilters(command: Command, all: string): Command {
  return command
    .option('--topology <topology>', 'of this topology')
    .option('--node <node>', 'given up by this node')
    .option('--code <code>', 'with this code: internal, unavailable, schema_unknown, …')
    .option('--cause <text>', 'whose cause holds this text')
    .option('--key <key>', 'of this key, as workspace/#channel or workspace/@person')
    .option('--since <duration>', 'given up in the last 1h, 7d, …')
    .option('--all', all);
}

export const addDlq: AddCommand = (program, terminal) => {
  const dlq = program
    .command('dlq')
    .description('Dead letters: records that a node could not process. Look, mend, send them back, or drop them.');

  const list = withFilters(dlq.command('list'), 'also those about which something was done')
    .description('Lists dead letters, oldest first.')
    .option('--group', 'count them by what went wrong')
    .option('--json', 'print each as a line of JSON')
    .action(async (options: FilterOptions) => {
      const { listLetters } = await import('../dlq/list.ts');
      await listLetters(options, terminal);
    });
  withHelp(list, {
    examples: [
      ['millrace dlq list', 'what waits for somebody', 'process'],
      ['millrace dlq list --group', 'what went wrong, and how often', 'process'],
      ["millrace dlq list --cause 'store is down' --since 1h", 'after an outage', 'process'],
      ["millrace dlq list --key 'demo/#general' --all --json", 'all of a channel’s, for a script'],
    ],
    exits,
  });

  const show = dlq
    .command('show')
    .description('Shows a dead letter: its value, why it was given up, where it stood.')
    .argument('<id>', 'its number in the list')
    .option('--json', 'print everything as JSON')
    .action(async (id: string, options: { json?: boolean }) => {
      const { showLetter } = await import('../dlq/show.ts');
      await showLetter(id, options, terminal);
    });
  withHelp(show, {
    examples: [
      ['millrace dlq show 0', 'one that can be read', 'process'],
      ['millrace dlq show 1 --json', 'one that can not, for a script', 'process'],
    ],
    exits,
  });

  const edit = dlq
    .command('edit')
    .description(
      'Changes a dead letter’s value and sends it back. Without --set and --value it opens $EDITOR. The value must fit the record’s schema.',
    )
    .argument('<id>', 'its number in the list')
    .option('--set <json>', 'the new value')
    .option('--value <file>', 'a file with the new value')
    .option('--json', 'print the outcome as JSON')
    .action(async (id: string, options: EditOptions) => {
      const { editLetter } = await import('../dlq/edit.ts');
      await editLetter(id, options, terminal);
    });
  withHelp(edit, {
    examples: [
      ['millrace dlq edit 3', 'in $EDITOR'],
      ['millrace dlq edit 3 --value mended.json', 'from a file'],
    ],
    exits,
  });

  const redrive = withFilters(dlq.command('redrive'), 'all about which nothing was done')
    .description(
      'Sends dead letters back into the topology that gave them up, and into no other. Letters of a key go in their order; none may overtake an earlier one.',
    )
    .argument('[id...]', 'their numbers in the list; or else filters, or --all')
    .option('--json', 'print the outcome as JSON')
    .action(async (ids: string[], options: FilterOptions) => {
      const { redriveLetters } = await import('../dlq/change.ts');
      await redriveLetters(ids, options, terminal);
    });
  withHelp(redrive, {
    examples: [
      ['millrace dlq redrive 0', 'one', 'process'],
      ["millrace dlq redrive --key 'demo/@alice'", 'all of a person’s, in their order', 'process'],
      ["millrace dlq redrive --topology index --cause 'disk full'", 'after there is space again', 'process'],
    ],
    exits,
  });

  const drop = withFilters(dlq.command('drop'), 'all about which nothing was done')
    .description('Marks dead letters as done with: nothing will come of them. Asks first on a terminal.')
    .argument('[id...]', 'their numbers in the list; or else filters, or --all')
    .option('--yes', 'do not ask')
    .option('--json', 'print the outcome as JSON')
    .action(async (ids: string[], options: FilterOptions) => {
      const { dropLetters } = await import('../dlq/change.ts');
      await dropLetters(ids, options, terminal);
    });
  withHelp(drop, {
    examples: [
      ['millrace dlq drop 1 --yes', 'one', 'process'],
      ['millrace dlq drop --code schema_unknown --yes', 'what nobody can read', 'process'],
    ],
    exits,
  });
};
