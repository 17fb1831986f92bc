import type { Frame, Stack } from './profile.ts';

/** What a message passes through, in its order; what serves all of them comes last. */
export const stages = [
  'receive: socket, frame, rights',
  'encode Avro',
  'append to the log',
  'decode Avro',
  'steps and graph',
  'store: rows of a unit of work',
  'commit',
  'answer: wait for the outcome, ack',
  'deliver: feed, frame, sockets',
  'index',
  'garbage collection',
  'rest',
] as const;
export type Stage = (typeof stages)[number];

/** The first that fits a frame, looked for from the innermost frame outwards. */
const rules: [Stage, (frame: Frame) => boolean][] = [
  ['garbage collection', ({ function: name }) => name === '(garbage collector)'],
  ['encode Avro', ({ where, function: name }) => isAvro(where) && /write|toBuffer|encode|isValid|check/i.test(name)],
  ['decode Avro', ({ where }) => isAvro(where)],
  ['encode Avro', ({ where, function: name }) => /^platform\/schemas\//.test(where) && /encode|write/i.test(name)],
  ['decode Avro', ({ where }) => /^platform\/schemas\//.test(where)],
  ['index', ({ where }) => /^platform\/search\//.test(where)],
  [
    'deliver: feed, frame, sockets',
    ({ where }) => /^edge\/(gateway\/(channel-feed|gateway|lease)|wire\/|socket\/(hub|session))/.test(where),
  ],
  ['answer: wait for the outcome, ack', ({ where }) => /^edge\/gateway\/request/.test(where)],
  ['receive: socket, frame, rights', ({ where }) => /^edge\//.test(where)],
  ['append to the log', ({ where }) => /^platform\/log\//.test(where)],
  ['store: rows of a unit of work', ({ where }) => /^platform\/(messages|state|units)\//.test(where)],
  ['commit', ({ where }) => /^(platform\/lmdb\/|node_modules\/lmdb)/.test(where)],
  ['steps and graph', ({ where }) => /^(processors|runtime)\/|^node_modules\/rxjs/.test(where)],
];

function isAvro(where: string): boolean {
  return where === 'node_modules/avsc';
}

function stageOf({ frames }: Stack): Stage {
  for (const frame of frames.toReversed()) {
    const rule = rules.find(([, fits]) => fits(frame));
    if (rule) return rule[0];
  }
  return 'rest';
}

/** Microseconds of each stage. */
export function byStage(stacks: Stack[]): Map<Stage, number> {
  const found = new Map<Stage, number>(stages.map((stage) => [stage, 0]));
  for (const stack of stacks) {
    const stage = stageOf(stack);
    found.set(stage, found.get(stage)! + stack.us);
  }
  return found;
}
