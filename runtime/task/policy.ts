import type { LogRecord } from '../../platform/log/port.ts';
import { defaultErrors, type ErrorPolicy } from '../topology/format/index.ts';
import type { TopologyPlan } from '../topology/plan.ts';
import { isReadable } from './cut.ts';

const unreadable: ErrorPolicy = { ...defaultErrors, retry: 0, then: 'dead-letter' };

/** What is to become of a record that a node fails on. */
export function policyOf(plan: TopologyPlan, id: string, record: LogRecord): ErrorPolicy {
  // What no schema here can read stays unreadable; it has no place in any order yet, so it may step aside.
  if (!isReadable(record)) return unreadable;
  const node = plan.nodes.find((other) => other.id === id);
  return node && 'errors' in node ? node.errors : plan.errors;
}
