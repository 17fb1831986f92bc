import { dirname, normalize } from 'node:path';
import { exists, type Findings, filesIn, text } from './repo.ts';

const pages = (): string[] => [...filesIn('docs/runbooks', /\.md$/), ...filesIn('ops', /README\.md$/)];

/** Links to files that aren't there. */
export function brokenLinks(): Findings {
  return pages().flatMap((path) =>
    [...text(path).matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)]
      .map(([, target]) => target!)
      .filter((target) => !/^https?:/.test(target) && !exists(normalize(`${dirname(path)}/${target}`)))
      .map((target) => `${path}: links to ${target}, which is not there`),
  );
}

/** `millrace` commands and options in code that docs/cli/, which is made from the commands themselves, doesn't have. */
export function inventedCommands(): Findings {
  return pages().flatMap((path) =>
    [...text(path).matchAll(/```[a-z]*\n([\s\S]*?)```/g)]
      .flatMap(([, code]) => code!.split('\n'))
      .flatMap((line) => commandsIn(line))
      .flatMap(({ command, options }) => {
        const page = `docs/cli/${command}.md`;
        if (!exists(page)) return [`${path}: there is no command ${command}`];
        const help = text(page);
        return options
          .filter((option) => !new RegExp(`(^|\\s)${option}\\b`, 'm').test(help))
          .map((option) => `${path}: millrace ${command} has no ${option}`);
      }),
  );
}

/** Each call of `millrace` in a line of shell, up to its end, a comment or the next command. */
function commandsIn(line: string): { command: string; options: string[] }[] {
  return [...line.matchAll(/(?:^|\s)millrace\s+([a-z][a-z-]*)(?=\s|$)([^|;&#]*)/g)].map(([, command, rest]) => ({
    command: command!,
    options: rest!.match(/--[a-z][a-z-]*/g) ?? [],
  }));
}
