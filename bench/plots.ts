// Draws how costs grow, from bench/results/*.json into bench/results/growth.svg: `node --import tsx bench/plots.ts`.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parse, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';

const results = new URL('./results/', import.meta.url);

/** One point of a curve: what it costs at a size. */
interface Point {
  plot: string;
  curve: string;
  size: number;
  cost: number;
}

const readers: { [bench: string]: (result: never) => Point[] } = {
  restart: ({ found }: { found: { messages: number; seconds: number }[] }) =>
    found.map(({ messages, seconds }) => ({
      plot: 'restart: seconds by messages stored',
      curve: 'SIGKILL to answer',
      size: messages,
      cost: seconds,
    })),
  reading: ({ found }: { found: Reading[] }) =>
    found.flatMap(({ messages, rates }) =>
      rates.flatMap(({ messages_a_second, ms }) =>
        Object.entries(ms).map(([kind, { p99 }]) => ({
          plot: `reading: p99 in ms by messages stored, ${messages_a_second}/s coming in`,
          curve: kind,
          size: messages,
          cost: p99,
        })),
      ),
    ),
  replay: ({ found }: { found: { messages: number; replay_a_second: number; bulk_a_second: number }[] }) =>
    found.flatMap(({ messages, replay_a_second, bulk_a_second }) => [
      { plot: 'replay: µs a message by messages', curve: 'replay', size: messages, cost: 1e6 / replay_a_second },
      { plot: 'replay: µs a message by messages', curve: 'bulk', size: messages, cost: 1e6 / bulk_a_second },
    ]),
  saturation: ({ steps }: { steps: { rate: number; cpu_us_per_message: number }[] }) =>
    steps.map(({ rate, cpu_us_per_message }) => ({
      plot: 'pipeline: µs of CPU a message by rate',
      curve: 'Millrace',
      size: rate,
      cost: cpu_us_per_message,
    })),
};

interface Reading {
  messages: number;
  rates: { messages_a_second: number; ms: { [kind: string]: { p99: number } } }[];
}

const points = Object.entries(readers).flatMap(([bench, read]) => {
  const file = new URL(`${bench}.json`, results);
  return existsSync(file) ? read(JSON.parse(readFileSync(file, 'utf8')) as never) : [];
});
const axis = { type: 'quantitative', scale: { type: 'log' }, title: null } as const;
const plots = [...new Set(points.map(({ plot }) => plot))];
const spec: TopLevelSpec = {
  background: 'white',
  columns: 2,
  resolve: { scale: { color: 'independent' } },
  concat: plots.map((plot) => ({
    title: plot,
    width: 360,
    height: 220,
    data: { values: points.filter((point) => point.plot === plot) },
    mark: { type: 'line', point: true },
    encoding: {
      x: { ...axis, field: 'size' },
      y: { ...axis, field: 'cost' },
      color: { field: 'curve', type: 'nominal', title: null, legend: { labelLimit: 0 } },
    },
  })),
};
writeFileSync(new URL('growth.svg', results), await new View(parse(compile(spec).spec), { renderer: 'none' }).toSVG());
console.log(`bench/results/growth.svg: ${plots.join('; ')}`);
