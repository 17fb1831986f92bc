import type { Registry } from 'prom-client';
import type { Settings } from '../../config/settings.ts';
import type { Admission } from '../admission.ts';
import type { CallContext } from '../calls/context.ts';
import { type HttpRequest, type HttpResponse, socketPaths } from '../transport/port.ts';
import { MessageTimes } from './message-times.ts';
import { slackMetrics } from './metrics.ts';
import { slackPrefix, slackServer } from './server.ts';
import { SlackSockets } from './socket/sockets.ts';

export interface SlackApi {
  /** Undefined for what is not under /api/. */
  http(request: HttpRequest): Promise<HttpResponse> | undefined;
  sockets: SlackSockets;
}

/** A part of Slack's Web API and its Socket Mode, for bots that know Slack (docs/slack-api.md). Undefined where it is off. */
export function slackApi(
  context: CallContext,
  admission: Admission,
  settings: Settings,
  secret: string,
  registry: Registry,
): SlackApi | undefined {
  if (settings.slack_api === 'off') return undefined;
  const metrics = slackMetrics(registry);
  const times = new MessageTimes(context.store, settings.partitions, settings.log_generation > 1);
  const observe = (outcome: 'sent' | 'acknowledged' | 'resent' | 'dropped'): void => metrics.events.inc({ outcome });
  // Edges of other shards take no ticket of ours, where they have the same secret, too.
  const { namespace, workspaces = '', workspaces_elsewhere = '' } = settings;
  const ticketSecret = [secret, namespace, workspaces, workspaces_elsewhere].join('\0');
  const sockets = new SlackSockets({ context, admission, times, ticketSecret, observe });
  metrics.watch(() => sockets.count);
  const serve = slackServer({
    context,
    admission,
    times,
    tls: settings.tls_cert !== undefined,
    socketPath: (identity) => `${socketPaths.slack}?ticket=${sockets.ticket(identity)}`,
    called: (method, result) => metrics.calls.inc({ method, result }),
  });
  return { http: (request) => (request.path.startsWith(slackPrefix) ? serve(request) : undefined), sockets };
}
