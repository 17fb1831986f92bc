import type { CompletedCommand, Wanted } from './model.ts';

/** A script for fish: one line for each thing that may stand somewhere, with the condition under which it may. */
export function fishCompletions(commands: CompletedCommand[]): string {
  const lines = [
    '# Completions of millrace for fish. millrace completions fish > ~/.config/fish/completions/millrace.fish',
    'complete -c millrace -f',
  ];
  for (const { path, subcommands, options, arguments: wanted } of commands) {
    const names = subcommands.map(({ name }) => name);
    const here = within(path);
    for (const { name, summary } of subcommands) {
      const open =
        path === '' ? '__fish_use_subcommand' : `${here}; and not __fish_seen_subcommand_from ${names.join(' ')}`;
      lines.push(`complete -c millrace -n '${open}' -a ${name} -d ${quoted(summary)}`);
    }
    if (path === '') continue;
    for (const { flag, summary, value } of options)
      lines.push(
        `complete -c millrace -n '${here}' -l ${flag.slice(2)}${value ? ` ${value.kind === 'file' ? '-r' : '-x'}${offer(value)}` : ''} -d ${quoted(summary)}`,
      );
    for (const argument of wanted) {
      const words = offer(argument);
      if (words) lines.push(`complete -c millrace -n '${here}'${words}`);
    }
  }
  return lines.join('\n');
}

function within(path: string): string {
  return path
    .split(' ')
    .map((word) => `__fish_seen_subcommand_from ${word}`)
    .join('; and ');
}

function offer(wanted: Wanted): string {
  switch (wanted.kind) {
    case 'choices':
      return ` -a '${wanted.values.join(' ')}'`;
    case 'topologies':
    case 'nodes':
      return ` -a '(millrace complete ${wanted.kind} 2>/dev/null)'`;
    case 'file':
      return ' -F';
    case 'folder':
      return " -a '(__fish_complete_directories)'";
    case 'anything':
      return '';
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
