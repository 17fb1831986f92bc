import createRouter from 'find-my-way';
import { withDeadline } from '../../platform/deadline.ts';
import { MillraceError } from '../../platform/errors/error.ts';
import { traceOfCall } from '../../platform/tracing/context.ts';
import { callSpan, nowOf } from '../../platform/tracing/spans.ts';
import type { Admission } from '../admission.ts';
import type { CallContext } from '../calls/context.ts';
import { limits } from '../limits.ts';
import type { HttpRequest, HttpResponse } from '../transport/port.ts';
import { oversized } from '../transport/uws.ts';
import { asMillraceError, problemResponse } from './problem.ts';
import type { Route } from './route.ts';

const tooLong = (): MillraceError =>
  new MillraceError('unavailable', 'the answer took too long: try again', { retryAfter: 1 });

/** The token of a phone, each of its 4,096 characters escaped. */
const longestParam = 3 * 4096;

/** Answers the contract's calls, and whatever `open` answers without a token (probes, descriptions, the page). */
export function restServer(
  routes: Route[],
  context: CallContext,
  admission: Admission,
  open: (request: HttpRequest) => Promise<HttpResponse | undefined>,
  observe: (route: string, status: number, seconds: number) => void,
): (request: HttpRequest) => Promise<HttpResponse> {
  const router = createRouter({ ignoreTrailingSlash: true, maxParamLength: longestParam });
  for (const route of routes) router.on(route.spec.method, route.spec.path, () => undefined, route);
  const methodsOf = (path: string): string[] =>
    ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].filter((method) => router.find(method as 'GET', path) !== null);

  async function answer(request: HttpRequest, trace_id: string): Promise<{ response: HttpResponse; name: string }> {
    const opened = await open(request);
    if (opened) return { response: opened, name: 'open' };
    const found = router.find(request.method as 'GET', request.path);
    const route = found?.store as Route | undefined;
    if (!found || !route) {
      // A call that fails counts; one without a token has nobody to count it for.
      const authorization = request.header('authorization');
      if (authorization) await admission.request(authorization, true);
      const allowed = methodsOf(request.path);
      if (allowed.length === 0) throw new MillraceError('not_found', `there is no ${request.method} ${request.path}`);
      const allow = allowed.join(', ');
      const response = problemResponse(new MillraceError('invalid_request', `${request.path} takes ${allow}`), 405);
      return { response: { ...response, headers: { ...response.headers, allow } }, name: 'method' };
    }
    const caller = {
      ...(await admission.request(request.header('authorization'), route.spec.unlimited !== true)),
      trace_id,
    };
    route.spec.before?.(caller);
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
    const { tracing } = context;
    const { traceId: trace_id, carried, parentSpanId } = traceOfCall(request.header('traceparent'), tracing.on);
    const began = performance.now();
    let name = 'none';
    let response: HttpResponse;
    let failed: string | undefined;
    try {
      ({ response, name } = await withDeadline(answer(request, carried), limits.call_ms, tooLong));
    } catch (error) {
      const problem = asMillraceError(error, context.logger, trace_id);
      failed = problem.code;
      response = problemResponse(problem);
    }
    if (name !== 'open' && tracing.samples(carried)) {
      const times = { start: nowOf(began), end: nowOf(), ...(failed === undefined ? {} : { error: failed }) };
      const method = { 'http.request.method': request.method, 'http.response.status_code': response.status };
      // Where no route is found, what was asked for may be anything.
      const spec = (router.find(request.method as 'GET', request.path)?.store as Route | undefined)?.spec;
      const attributes = spec ? { ...method, 'http.route': spec.path } : method;
      const called = spec ? `${spec.method} ${spec.path}` : request.method;
      tracing.record(callSpan(carried, parentSpanId, called, attributes, times));
    }
    observe(name, response.status, (performance.now() - began) / 1000);
    return { ...response, headers: { ...response.headers, 'x-trace-id': trace_id } };
  };
}
