import { MillraceError } from '../../platform/errors/error.ts';
import { type AddCommand, callErrors, withHelp } from '../command.ts';

export const addRollback: AddCommand = (program, terminal) => {
  const command = program
    .command('rollback')
    .description('Puts the files of an earlier deployment into force again, as a new deployment.')
    .argument('[number]', 'the deployment to go back to; default: the one before')
    .option('--yes', 'do not ask')
    .option('--json', 'print each step as a line of JSON')
    .action(async (number: string | undefined, options: { yes?: boolean; json?: boolean }) => {
      if (number !== undefined && !/^[1-9]\d*$/.test(number))
        throw new MillraceError('invalid_request', `number: must be that of a deployment, not "${number}"`);
      const { runRollback } = await import('../deploy/run.ts');
      await runRollback(number === undefined ? undefined : Number(number), options, terminal);
    });
  withHelp(command, {
    examples: [
      ['millrace rollback', 'to what ran before, after a question'],
      ['millrace rollback 3 --yes', 'to deployment 3, without one'],
    ],
    exits: [...callErrors, 'not_found', 'conflict', 'topology_invalid'],
  });
};
