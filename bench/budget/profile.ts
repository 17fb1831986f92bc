import { readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { fileURLToPath } from 'node:url';

/** A sampled stack, outermost first, and how long it was seen. */
export interface Stack {
  frames: Frame[];
  us: number;
}

export interface Frame {
  function: string;
  /** Of our sources, its path in the checkout; of a package, `node_modules/NAME`; otherwise what V8 or Node calls it. */
  where: string;
}

/** What V8 writes with --cpu-prof: https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile */
interface CpuProfile {
  nodes: {
    id: number;
    children?: number[];
    callFrame: { functionName: string; url: string; lineNumber: number; columnNumber: number };
  }[];
  samples: number[];
  /** Microseconds since the sample before. */
  timeDeltas: number[];
}

const idle = new Set(['(idle)', '(program)', '(root)']);

/** The stacks of a thread between two times, in microseconds since the profile began; what was idle is left out. */
export function stacksOf(file: string, from_us: number, to_us: number): Stack[] {
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(file, 'utf8')) as CpuProfile;
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const sources = new Sources();
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, sources.frameOf(callFrame)]));
  const times = new Map<number, number>();
  let at = 0;
  for (const [i, id] of samples.entries()) {
    at += timeDeltas[i]!;
    if (at >= from_us && at < to_us) times.set(id, (times.get(id) ?? 0) + timeDeltas[i]!);
  }
  const stacks: Stack[] = [];
  for (const [leaf, us] of times) {
    if (idle.has(frames.get(leaf)!.function)) continue;
    const stack: Frame[] = [];
    for (let id: number | undefined = leaf; id !== undefined; id = parents.get(id)) stack.push(frames.get(id)!);
    stacks.push({ frames: stack.reverse().slice(1), us });
  }
  return stacks;
}

/** Finds the sources of what runs from the build. */
class Sources {
  private readonly maps = new Map<string, SourceMap | undefined>();

  frameOf({ functionName, url, lineNumber, columnNumber }: CpuProfile['nodes'][number]['callFrame']): Frame {
    const name = functionName || '(anonymous)';
    const found = url.startsWith(built) ? this.mapOf(url)?.findEntry(lineNumber, columnNumber) : undefined;
    const path = found && 'originalSource' in found ? String(found.originalSource) : url;
    return { function: name, where: shorten(path) };
  }

  private mapOf(url: string): SourceMap | undefined {
    if (!this.maps.has(url)) {
      const payload = JSON.parse(readFileSync(`${fileURLToPath(url)}.map`, 'utf8')) as SourceMapPayload;
      this.maps.set(url, new SourceMap(payload));
    }
    return this.maps.get(url);
  }
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const built = new URL('../../dist/', import.meta.url).href;

function shorten(path: string): string {
  const found = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path);
  if (found) return `node_modules/${found[1]}`;
  return path
    .replace(/^(file:\/\/)/, '')
    .replace(root, '')
    .replace(/^(\.\.\/)+/, '');
}
