import { MillraceError } from '../../platform/errors/error.ts';
import type { Demand } from '../capacity/demand.ts';
import { type AddCommand, withHelp } from '../command.ts';

/** Flags, the part of the demand that each sets, and what is allowed: a whole number, but for factors and shares. */
const flags: [flag: string, name: keyof Demand, most: number, meaning: string][] = [
  ['--dau <n>', 'daily_users', 1e9, 'people who are here on a day (20,000,000)'],
  ['--messages <n>', 'messages_a_day', 1e11, 'messages a day (1,000,000,000)'],
  ['--peak <factor>', 'peak_factor', 100, 'the peak over the mean of the day (2.6)'],
  ['--online <share>', 'online_share', 1, 'part of them with a socket at the peak (0.5)'],
  ['--largest <n>', 'largest_channel', 1e6, 'members of the largest channel (100,000)'],
  ['--partitions <n>', 'partitions', 1024, 'partitions of the channels’ topics (256)'],
  ['--gateway-sockets <n>', 'gateway_sockets', 1e6, 'sockets that one gateway holds (50,000)'],
];

export const addCapacity: AddCommand = (program, terminal) => {
  const command = program
    .command('capacity')
    .description(
      'Reckons what a number of people and messages takes, from measured costs and a simulation of the fan-out.',
    );
  for (const [flag, , , meaning] of flags) command.option(flag, meaning);
  command
    .option('--seed <n>', 'draws other channels', '1')
    .option('--json', 'print all of it as JSON')
    .action(async (options: { [name: string]: string | boolean | undefined }) => {
      const { runCapacity } = await import('../capacity/run.ts');
      const given: Partial<Demand> = {};
      for (const [flag, name, most] of flags) {
        const long = flag.split(' ')[0]!;
        const value = options[long.slice(2).replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase())];
        const isWhole = /<n>$/.test(flag);
        if (value !== undefined) given[name] = numberOf(long, String(value), most, isWhole);
      }
      const seed = numberOf('--seed', String(options['seed']), 2 ** 32, true);
      runCapacity(given, { seed, json: options['json'] === true }, terminal);
    });
  withHelp(command, {
    examples: [
      ['millrace capacity', 'the estimate that Millrace is made for', 'nothing'],
      ['millrace capacity --dau 50000 --messages 2000000', 'a company', 'nothing'],
    ],
    exits: [],
  });
};

function numberOf(flag: string, text: string, most: number, isWhole: boolean): number {
  const value = Number(text.replaceAll(/[,_]/g, ''));
  if (value > 0 && value <= most && (Number.isInteger(value) || !isWhole)) return value;
  const kind = isWhole ? 'a whole number' : 'a number';
  throw new MillraceError('invalid_request', `${flag}: "${text}" must be ${kind} above 0 and at most ${most}`);
}
