import type { Argument, Command } from 'commander';

/** What may stand in a place: one of some words, a name that topology files give, a file or folder, or anything. */
export type Wanted =
  | { kind: 'choices'; values: readonly string[] }
  | { kind: 'topologies' | 'nodes' | 'file' | 'folder' | 'anything' };

export interface CompletedOption {
  flag: string;
  summary: string;
  /** Undefined for a flag that stands alone. */
  value: Wanted | undefined;
}

export interface CompletedCommand {
  /** Its words, such as `dlq list`; empty for the program. */
  path: string;
  summary: string;
  subcommands: { name: string; summary: string }[];
  options: CompletedOption[];
  arguments: Wanted[];
  /** The last argument may stand any number of times. */
  variadic: boolean;
}

/** Everything that can be completed, the program first, each group before its commands. */
export function completedCommands(command: Command, path: string[] = []): CompletedCommand[] {
  const shown = command
    .createHelp()
    .visibleCommands(command)
    .filter((sub) => sub.name() !== 'help');
  const own: CompletedCommand = {
    path: path.join(' '),
    summary: command.description(),
    subcommands: shown.map((sub) => ({ name: sub.name(), summary: firstSentence(sub.description()) })),
    options: [
      ...command.options
        .filter((option) => option.long && !option.hidden)
        .map((option) => ({
          flag: option.long!,
          summary: firstSentence(option.description),
          value: option.required ? wanted(option.flags, option.argChoices) : undefined,
        })),
      { flag: '--help', summary: 'show help', value: undefined },
    ],
    arguments: command.registeredArguments.map((argument: Argument) => wanted(argument.name(), argument.argChoices)),
    variadic: command.registeredArguments.at(-1)?.variadic ?? false,
  };
  return [own, ...shown.flatMap((sub) => completedCommands(sub, [...path, sub.name()]))];
}

/** By the name that `--help` shows for it: `<topology>`, `<node>`, `<file>` and `<folder>` say what they take. */
function wanted(name: string, choices: readonly string[] | undefined): Wanted {
  if (choices) return { kind: 'choices', values: choices };
  if (/\btopology\b/.test(name)) return { kind: 'topologies' };
  if (/\bnode\b/.test(name)) return { kind: 'nodes' };
  if (/\bfolder\b/.test(name)) return { kind: 'folder' };
  if (/\bfile\b/.test(name)) return { kind: 'file' };
  return { kind: 'anything' };
}

function firstSentence(text: string): string {
  return text.split(/(?<=[.:;])\s/)[0]!.replace(/[.:;]$/, '');
}
