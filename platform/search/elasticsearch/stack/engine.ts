import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { openElasticsearch } from '../../elasticsearch.ts';
import type { SearchIndex } from '../../port.ts';

export interface StackEngine {
  url: string;
  pid: number;
  /** A prefix of this run's own that nothing has used. */
  fresh(): string;
  open(prefix: string): Promise<SearchIndex>;
  /** Removes the run's indices and stops the server. */
  stop(): Promise<void>;
}

const scripts = fileURLToPath(new URL('../../../../ops/native/elasticsearch/', import.meta.url));
/** A server of these tests' own: they pause it, and another suite on it would not like that. */
const own = { ES_PORT: '19210', ES_DATA: `${tmpdir()}/millrace-elasticsearch-search-${process.getuid?.() ?? 0}` };

/** Brings Elasticsearch up for tests. */
export function startElasticsearch(): StackEngine {
  const env = { ...process.env, ...own };
  const told = execFileSync(`${scripts}up.sh`, { encoding: 'utf8', env });
  const url = /ELASTICSEARCH_URL=(\S+)/.exec(told)![1]!;
  const run = `millrace-test-${process.pid}-${Date.now()}`;
  const used: string[] = [];
  return {
    url,
    pid: Number(/ELASTICSEARCH_PID=(\d+)/.exec(told)![1]),
    fresh() {
      used.push(`${run}-${used.length}`);
      return used.at(-1)!;
    },
    // Visible at once: tests write one document after the other.
    open: (prefix) => openElasticsearch({ urls: [url], prefix, refreshEvery_ms: 10 }),
    async stop() {
      for (const prefix of used) {
        const found = await fetch(`${url}/_cat/indices/${prefix}-*?h=index`);
        for (const index of (await found.text()).split('\n').filter((line) => line !== ''))
          await fetch(`${url}/${index}`, { method: 'DELETE' });
      }
      execFileSync(`${scripts}down.sh`, { env });
    },
  };
}
