import { Argument } from 'commander';
import { type AddCommand, withHelp } from '../command.ts';

export const addCompletions: AddCommand = (program, terminal, _done, whole) => {
  const command = program
    .command('completions')
    .description('Prints a script that completes commands, options and names in a shell.')
    .addArgument(new Argument('<shell>', 'which shell').choices(['bash', 'zsh', 'fish']))
    .option('--json', 'print what can be completed as JSON')
    .action(async (shell: 'bash' | 'zsh' | 'fish', { json }: { json?: boolean }) => {
      const [{ completedCommands }, { bashCompletions }, { zshCompletions }, { fishCompletions }] = await Promise.all([
        import('../completions/model.ts'),
        import('../completions/bash.ts'),
        import('../completions/zsh.ts'),
        import('../completions/fish.ts'),
      ]);
      // This command line has loaded this command alone: the script needs all of them.
      const model = completedCommands(await whole());
      const scripts = { bash: bashCompletions, zsh: zshCompletions, fish: fishCompletions };
      terminal.out(json ? JSON.stringify(model, null, 2) : scripts[shell](model));
    });
  withHelp(command, {
    examples: [
      ['millrace completions bash', 'in ~/.bashrc: source <(millrace completions bash)', 'nothing'],
      ['millrace completions zsh', 'in ~/.zshrc: source <(millrace completions zsh)', 'nothing'],
      ['millrace completions fish', 'to ~/.config/fish/completions/millrace.fish', 'nothing'],
    ],
    exits: [],
  });
};
