import { options, places, values, walk } from './bash.ts';
import type { CompletedCommand, Wanted } from './model.ts';

/** A script for zsh, by the same walk as bash's; zsh counts words from 1 and offers them with compadd. */
export function zshCompletions(commands: CompletedCommand[]): string {
  return `#compdef millrace
# Completions of millrace for zsh. In ~/.zshrc, after compinit: source <(millrace completions zsh)
_millrace() {
  local cur=\${words[CURRENT]} prev=\${words[CURRENT - 1]} at='' value='' word
  local -i place=0 i
  for ((i = 2; i < CURRENT; i++)); do
    word=\${words[i]}
    if [[ -n $value ]]; then value=''; continue; fi
    case "$at|$word" in
${walk(
  commands,
  (path) => `at='${path}'`,
  () => `value=1`,
)}
      *'|'-*) ;;
      *) place+=1 ;;
    esac
  done
  if [[ -n $value ]]; then
    case "$at|$prev" in
${values(commands, offer)}
    esac
    return
  fi
  if [[ $cur == -* ]]; then
    case "$at" in
${options(commands, (flags) => `compadd -- ${flags.join(' ')}`)}
    esac
    return
  fi
  case "$at|$place" in
${places(commands, offer)}
  esac
}
compdef _millrace millrace`;
}

function offer(wanted: Wanted): string {
  switch (wanted.kind) {
    case 'choices':
      return `compadd -- ${wanted.values.join(' ')}`;
    case 'topologies':
    case 'nodes':
      return `compadd -- \${(f)"$(millrace complete ${wanted.kind} 2>/dev/null)"}`;
    case 'file':
      return '_files';
    case 'folder':
      return '_files -/';
    case 'anything':
      return ':';
  }
}
