import { Counter, type Registry } from 'prom-client';
import type { PushWork } from '../platform/push/work.ts';
import { Audience } from './audience.ts';
import { outcomes, type PhonePorts, Phones } from './phones.ts';

/** What the sinks of pushes do. */
export function pushWork(
  ports: PhonePorts,
  registry: Registry,
  refused: (platform: string, reason: string) => void,
): PushWork {
  const counter = new Counter({
    name: 'millrace_pushes_total',
    help: 'What became of what was due to be pushed, and of each push.',
    labelNames: ['outcome'],
    registers: [registry],
  });
  for (const outcome of outcomes) counter.inc({ outcome }, 0);
  const audience = new Audience(ports.directory, ports.store, ports.log);
  const phones = new Phones(ports, (outcome) => counter.inc({ outcome }), refused);
  return {
    audience: (notices) => audience.reach(notices),
    phones: (dues) => phones.tell(dues),
  };
}
