import { posix } from 'node:path';
import { exists, type Findings, filesIn, text } from './repo.ts';

const dockerfile = 'ops/Dockerfile';

/** Sources that a process in the image would miss, and ways in which the image does more than it must. */
export function imageFindings(): Findings {
  const kept = text('.dockerignore')
    .split('\n')
    .flatMap((line) => (line.startsWith('!') ? [line.slice(1)] : []));
  const folders = kept.filter((name) => !name.includes('.') && name !== 'LICENSE');
  const told = text(dockerfile);
  const finds = (fits: RegExp, complaint: string): Findings => (fits.test(told) ? [] : [`${dockerfile}: ${complaint}`]);
  return [
    ...kept.filter((name) => !exists(name)).map((name) => `.dockerignore: there is no ${name}`),
    ...folders.flatMap((folder) => missedBy(folder, kept)),
    ...finds(/^ARG NODE_IMAGE=\S+:\d+\.\d+\.\d+-\S+$/m, 'its base is not pinned'),
    ...finds(/^USER [1-9]/m, 'runs as root'),
    ...finds(/^ENTRYPOINT \["node", /m, 'something stands between the signal and node'),
    ...finds(/^STOPSIGNAL SIGTERM$/m, 'the edge drains on SIGTERM'),
    ...finds(/^HEALTHCHECK /m, 'has no health check'),
  ];
}

/** What a folder of the image imports from folders that aren't in it. Tests and their helpers aren't either. */
function missedBy(folder: string, kept: string[]): Findings {
  return filesIn(folder, /\.(ts|mjs)$/)
    .filter((path) => !/\.(test|stack|faults)\.ts$|contract|\/stack\/|fixture|fake-|\/dist\//.test(path))
    .flatMap((path) =>
      [...text(path).matchAll(/from '(\.\.?\/[^']+)'/g)]
        .map(([, target]) => posix.join(posix.dirname(path), target!).split('/')[0]!)
        .filter((top) => !kept.includes(top) && !top.startsWith('..'))
        .map((top) => `.dockerignore: keeps ${folder}, and not ${top}, which ${path} imports`),
    );
}
