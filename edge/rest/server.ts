import { randomUUID } from 'node:crypto';
import createRouter from 'find-my-way';
import { MillraceError } from '../../platform/errors/error.ts';
import type { Admission } from '../admission.ts';
import type { CallContext } from '../calls/context.ts';
import { withDeadline } from '../gateway/gateway.ts';
import type { HttpRequest, HttpResponse } from '../transport/port.ts';
import { oversized } from '../transport/uws.ts';
import { asMillraceError, problemResponse } from './problem.ts';
import type { Route } from './route.ts';

/** The contract: a call never hangs. */
const callDeadline_ms = 10_000;

/** Answers the contract's calls, and whatever `open` answers without a token (probes, descriptions, the page). */
export function restServer(
  routes: Route[],
  context: CallContext,
  admission: Admission,
  open: (request: HttpRequest) => Promise<HttpResponse | undefined>,
  observe: (route: string, status: number, seconds: number) => void,
): (request: HttpRequest) => Promise<HttpResponse> {
  const router = createRouter({ ignoreTrailingSlash: true, maxParamLength: 600 });
  for (const route of routes) router.on(route.spec.method, route.spec.path, () => undefined, route);
  const methodsOf = (path: string): string[] =>
    ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].filter((method) => router.find(method as 'GET', path) !== null);

  async function answer(request: HttpRequest, trace_id: string): Promise<{ response: HttpResponse; name: string }> {
    const opened = await open(request);
    if (opened) return { response: opened, name: 'open' };
    const found = router.find(request.method as 'GET', request.path);
    const route = found?.store as Route | undefined;
    if (!found || !route) {
      const allowed = methodsOf(request.path);
      if (allowed.length === 0) throw new MillraceError('not_found', `there is no ${request.method} ${request.path}`);
      const response = problemResponse(
        new MillraceError('invalid_request', `${request.path} takes ${allowed.join(', ')}`),
      );
      return {
        response: { ...response, status: 405, headers: { ...response.headers, allow: allowed.join(', ') } },
        name: 'method',
      };
    }
    const caller = {
      ...(await admission.request(request.header('authorization'), route.spec.unlimited !== true)),
      trace_id,
    };
    if (request.body === oversized) throw new MillraceError('too_large', 'body: is larger than 4 MiB');
    const reply = await route.run(context, caller, {
      params: found.params,
      query: new URLSearchParams(request.query),
      body: request.body,
      idempotency_key: request.header('idempotency-key') || undefined,
    });
    const body = reply.body === undefined ? '' : JSON.stringify(reply.body);
    const headers: { [name: string]: string } =
      body === '' ? {} : { 'content-type': 'application/json; charset=utf-8' };
    return { response: { status: reply.status, headers, body }, name: `${route.spec.method} ${route.spec.path}` };
  }

  return async (request) => {
    const trace_id = traceOf(request.header('traceparent'));
    const began = performance.now();
    let name = 'none';
    let response: HttpResponse;
    try {
      const late = new MillraceError('unavailable', 'the answer took too long: try again', { retryAfter: 1 });
      ({ response, name } = await withDeadline(answer(request, trace_id), callDeadline_ms, late));
    } catch (error) {
      response = problemResponse(asMillraceError(error, context.logger, trace_id));
    }
    observe(name, response.status, (performance.now() - began) / 1000);
    return { ...response, headers: { ...response.headers, 'x-trace-id': trace_id } };
  };
}

/** The trace id of a W3C traceparent header, or a new one. */
function traceOf(traceparent: string | undefined): string {
  return /^[0-9a-f]{2}-([0-9a-f]{32})-/.exec(traceparent ?? '')?.[1] ?? randomUUID().replaceAll('-', '');
}
