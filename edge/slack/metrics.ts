import { Counter, Gauge, type Registry } from 'prom-client';

/** What the Slack API tells of itself. Labels: its own methods, else "unknown"; errors of its own list; outcomes. */
export function slackMetrics(registry: Registry) {
  const registers = [registry];
  return {
    calls: new Counter({
      name: 'millrace_slack_calls_total',
      help: 'Calls of the Slack API by method ("unknown" for those that are not supported) and result: ok, or the error.',
      labelNames: ['method', 'result'],
      registers,
    }),
    events: new Counter({
      name: 'millrace_slack_events_total',
      help: 'Events for apps in Socket Mode: sent, acknowledged, resent, or dropped.',
      labelNames: ['outcome'],
      registers,
    }),
    watch: (sockets: () => number) =>
      new Gauge({
        name: 'millrace_slack_sockets',
        help: 'Open sockets of apps in Socket Mode.',
        registers,
        collect() {
          this.set(sockets());
        },
      }),
  };
}

export type SlackEventOutcome = 'sent' | 'acknowledged' | 'resent' | 'dropped';
