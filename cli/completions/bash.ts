import type { CompletedCommand, Wanted } from './model.ts';

/** A script for bash: walks the words before the cursor to the command they name, then offers what may follow. */
export function bashCompletions(commands: CompletedCommand[]): string {
  return `# Completions of millrace for bash. In ~/.bashrc: source <(millrace completions bash)
_millrace() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]} path='' value='' word i
  local -i place=0
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ -n $value ]]; then value=''; continue; fi
    case "$path|$word" in
${walk(
  commands,
  (path) => `path='${path}'`,
  () => `value=1`,
)}
      *'|'-*) ;;
      *) place+=1 ;;
    esac
  done
  if [[ -n $value ]]; then
    case "$path|$prev" in
${values(commands, offer)}
    esac
    return
  fi
  if [[ $cur == -* ]]; then
    case "$path" in
${options(commands, (words) => `COMPREPLY=($(compgen -W '${words.join(' ')}' -- "$cur"))`)}
    esac
    return
  fi
  case "$path|$place" in
${places(commands, offer)}
  esac
}
complete -o nosort -F _millrace millrace`;
}

function offer(wanted: Wanted): string {
  switch (wanted.kind) {
    case 'choices':
      return `COMPREPLY=($(compgen -W '${wanted.values.join(' ')}' -- "$cur"))`;
    case 'topologies':
    case 'nodes':
      return `COMPREPLY=($(compgen -W "$(millrace complete ${wanted.kind} 2>/dev/null)" -- "$cur"))`;
    case 'file':
      return `compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$cur"))`;
    case 'folder':
      return `compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -d -- "$cur"))`;
    case 'anything':
      return ':';
  }
}

/** Cases over \`path|word\` that follow the words to a command and notice options that take the next word. */
export function walk(
  commands: CompletedCommand[],
  enter: (path: string) => string,
  takes: (flag: string) => string,
): string {
  const lines: string[] = [];
  for (const { path, subcommands, options: flags } of commands) {
    for (const { name } of subcommands)
      lines.push(`      '${path}|${name}') ${enter(path === '' ? name : `${path} ${name}`)} ;;`);
    for (const { flag, value } of flags) if (value) lines.push(`      '${path}|${flag}') ${takes(flag)} ;;`);
  }
  return lines.join('\n');
}

/** Cases over \`path|option\` with what its value may be. */
export function values(commands: CompletedCommand[], show: (wanted: Wanted) => string): string {
  const lines = commands.flatMap(({ path, options: flags }) =>
    flags.flatMap(({ flag, value }) => (value ? [`      '${path}|${flag}') ${show(value)} ;;`] : [])),
  );
  return lines.join('\n');
}

/** Cases over \`path\` with a command's options. */
export function options(commands: CompletedCommand[], show: (flags: string[]) => string): string {
  return commands
    .map(({ path, options: flags }) => `      '${path}') ${show(flags.map(({ flag }) => flag))} ;;`)
    .join('\n');
}

/** Cases over \`path|place\` with what may stand there: subcommands, or the argument of that place. */
export function places(commands: CompletedCommand[], show: (wanted: Wanted) => string): string {
  const lines: string[] = [];
  for (const { path, subcommands, arguments: wanted, variadic } of commands) {
    if (subcommands.length > 0)
      lines.push(`    '${path}|0') ${show({ kind: 'choices', values: subcommands.map(({ name }) => name) })} ;;`);
    for (const [i, argument] of wanted.entries())
      lines.push(
        `    '${path}|${i}'${variadic && i === wanted.length - 1 ? ` | '${path}|'*` : ''}) ${show(argument)} ;;`,
      );
  }
  return lines.join('\n');
}
