import { type AddCommand, callErrors, withHelp } from '../command.ts';
import type { ReplayFlags } from '../replay/run.ts';

export const addReplay: AddCommand = (program, terminal) => {
  const command = program
    .command('replay')
    .description(
      'Runs a topology over the past again. Over all of it: into a new search index beside the serving one, which is compared and then swapped in.',
    )
    .argument('<topology>', 'such as index')
    .option(
      '--from <origin>',
      'store (all there is), start (of the log), an offset, a time, or how long ago: 2h',
      'store',
    )
    .option('--partition <number...>', 'only these partitions, into what serves')
    .option('--key <key...>', 'only these keys, such as demo/#general, into what serves')
    .option('--rate <records>', 'records a second, or max', '10000')
    .option('--sink <node...>', 'only into these sinks; topics are written to only when named here')
    .option('--fresh', 'do not go on with a replay that was interrupted')
    .option('--rollback', 'have the search index from before the last replay serve again')
    .option('--json', 'print each step as a line of JSON')
    .action(async (topology: string, flags: ReplayFlags) => {
      const { runReplayCommand } = await import('../replay/run.ts');
      await runReplayCommand(topology, flags, terminal);
    });
  withHelp(command, {
    examples: [
      ['millrace replay index', 'rebuild the search index, while the old one serves', 'process'],
      ['millrace replay index --rollback', 'go back to the former one', 'process'],
      ['millrace replay index --from 2h --rate 1000', 'the last two hours again, gently', 'process'],
      ["millrace replay index --key 'demo/#general'", 'one channel again', 'process'],
    ],
    exits: [...callErrors, 'not_found', 'conflict'],
  });
};
