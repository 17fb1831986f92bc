import type { ServerResponse } from 'node:http';
import { Gauge, type Registry } from 'prom-client';

/** Answers on the operators' port for what needs no token, for it shows nothing of anybody: /healthz, /readyz, /metrics. */
export function probes(registry: Registry, ready: () => boolean): (path: string, response: ServerResponse) => boolean {
  const say = (response: ServerResponse, status: number, text: string): boolean => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ status: text }));
    return true;
  };
  return (path, response) => {
    if (path === '/healthz') return say(response, 200, 'ok');
    if (path === '/readyz') return ready() ? say(response, 200, 'ready') : say(response, 503, 'not ready');
    if (path !== '/metrics') return false;
    registry.metrics().then(
      (body) => response.writeHead(200, { 'content-type': registry.contentType }).end(body),
      () => say(response, 503, 'what is measured can not be told now'),
    );
    return true;
  };
}

/** What /readyz answers, as a metric. */
export function exposeReady(registry: Registry, ready: () => boolean): void {
  new Gauge({
    name: 'millrace_ready',
    help: '1 while /readyz answers 200: every partition here runs and goes on, and no part of the process has ended.',
    registers: [registry],
    collect() {
      this.set(ready() ? 1 : 0);
    },
  });
}
