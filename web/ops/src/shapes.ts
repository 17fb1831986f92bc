import type { NodeStatus } from '../../../runtime/observing/node-meter.ts';

/** What the admin API answers, as far as this page shows it. */
export interface TopologyStatus {
  topology: string;
  version: number;
  description: string;
  paused: string[];
  tasks: { partition: number; state: string; error: string | null }[];
  nodes: { [node: string]: NodeStatus };
  state_rows: { [node: string]: number };
  sources: { source: string; topic: string; partition: number; lag: number; lag_s: number }[];
}

export interface Status {
  url: string;
  pid: number;
  uptime_s: number;
  topologies: TopologyStatus[];
}

export interface Letter {
  id: number;
  at: number;
  topology: string;
  node: string;
  source: string;
  topic: string;
  partition: number;
  offset: number;
  key: string;
  time: number;
  attempts: number;
  code: string;
  cause: string;
  trace_id: string;
  outcome: { outcome: string; edited: boolean; at: number } | null;
}

export interface ShownLetter extends Letter {
  schema: string | null;
  value: unknown;
  unreadable: string | null;
  bytes: string | null;
}

export interface DeploymentLine {
  number: number;
  at: number;
  by: string;
  note: string;
  topologies: { topology: string; version: number; since: number; running: boolean }[];
}

export type TapLine =
  | { listening: string }
  | {
      schema: string;
      key: string;
      time: number;
      partition: number;
      offset: number;
      output: string | null;
      value: unknown;
    }
  | { dropped: number; failed: number; reason: string | null };
