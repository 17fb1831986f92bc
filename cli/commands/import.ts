import { MillraceError } from '../../platform/errors/error.ts';
import type { AddCommand } from '../command.ts';

export const addImport: AddCommand = (program) => {
  program.command('import').action(async () => {
    throw new MillraceError('not_implemented', 'on its way');
  });
};
