import { withDeadline } from '../../platform/deadline.ts';
import { MillraceError } from '../../platform/errors/error.ts';
import { traceOfCall } from '../../platform/tracing/context.ts';
import { callSpan, nowOf } from '../../platform/tracing/spans.ts';
import type { Admission } from '../admission.ts';
import type { Identity } from '../auth/claims.ts';
import { bearerOf } from '../auth/tokens.ts';
import type { CallContext } from '../calls/context.ts';
import { limits } from '../limits.ts';
import { asMillraceError } from '../rest/problem.ts';
import type { HttpRequest, HttpResponse } from '../transport/port.ts';
import { oversized } from '../transport/uws.ts';
import { Arguments } from './arguments.ts';
import { inSlackWords, SlackError } from './errors.ts';
import type { MessageTimes } from './message-times.ts';
import { slackMethods } from './methods/index.ts';

const tooLong = (): SlackError => new SlackError('request_timeout', 'the answer took too long: try again');

export const slackPrefix = '/api/';

export interface SlackServerPorts {
  context: CallContext;
  admission: Admission;
  times: MessageTimes;
  /** Whether this server itself speaks TLS. */
  tls: boolean;
  /** The path and query of a socket for this person. Error: `too_many_websockets`. */
  socketPath(identity: Identity): string;
  /** Told of each call: a method of ours or "unknown", and how it ended. */
  called(method: string, result: string): void;
}

/**
 * Answers what stands under /api/ as Slack's Web API does: 200 with `ok` false and an error's name, 429 alone for the rate. What
 * people may do is decided where REST decides it.
 */
export function slackServer(ports: SlackServerPorts): (request: HttpRequest) => Promise<HttpResponse> {
  const { context, admission, times } = ports;

  async function answer(request: HttpRequest, trace_id: string, began: number): Promise<object> {
    const method = slackMethods.get(nameOf(request));
    if (!method) throw new SlackError('unknown_method', 'there is no such method here: see docs/slack-api.md');
    if (request.body === oversized) throw new SlackError('invalid_arguments', 'the body is larger than 4 MiB');
    const args = Arguments.of(request);
    const caller = { ...(await admitted(admission, tokenOf(request, args))), trace_id };
    const origin = originOf(request, ports.tls);
    const socketUrl = (): string => `${origin.replace(/^http/, 'ws')}${ports.socketPath(caller)}`;
    const again = (): void => {
      if (performance.now() - began >= limits.call_ms) throw tooLong();
      admission.count(caller);
    };
    return { ok: true, ...(await method.run({ context, caller, args, times, origin, socketUrl, again })) };
  }

  return async (request) => {
    const { tracing, logger } = context;
    const { traceId, carried, parentSpanId } = traceOfCall(request.header('traceparent'), tracing.on);
    const began = performance.now();
    const name = slackMethods.has(nameOf(request)) ? nameOf(request) : 'unknown';
    let response: HttpResponse;
    let failed: string | undefined;
    try {
      response = json(200, await withDeadline(answer(request, carried, began), limits.call_ms, tooLong));
    } catch (error) {
      const known = error instanceof SlackError ? error : inSlackWords(asMillraceError(error, logger, traceId));
      failed = known.error;
      response = refusal(known);
    }
    ports.called(name, failed ?? 'ok');
    if (tracing.samples(carried)) {
      const times = { start: nowOf(began), end: nowOf(), ...(failed === undefined ? {} : { error: failed }) };
      const attributes = { 'http.request.method': request.method, 'http.response.status_code': response.status };
      tracing.record(callSpan(carried, parentSpanId, `slack ${name}`, attributes, times));
    }
    return { ...response, headers: { ...response.headers, 'x-trace-id': traceId } };
  };
}

/** Errors: `not_authed`, `invalid_auth`, `account_inactive`, `ratelimited`. */
async function admitted(admission: Admission, token: string | undefined): Promise<Identity> {
  if (!token) throw new SlackError('not_authed', 'send a token: Authorization: Bearer …, or token in a form');
  try {
    return await admission.request(`Bearer ${token}`, true);
  } catch (error) {
    throw error instanceof MillraceError ? inSlackWords(error, undefined, { forbidden: 'account_inactive' }) : error;
  }
}

/** A token in the query would end up in logs, so it is not taken there. */
function tokenOf(request: HttpRequest, args: Arguments): string | undefined {
  return bearerOf(request.header('authorization')) ?? (request.method === 'GET' ? undefined : args.text('token'));
}

function nameOf({ path }: HttpRequest): string {
  return path.slice(slackPrefix.length);
}

/** Where the caller reached this server, before whatever proxy ends its TLS. */
function originOf({ header }: HttpRequest, tls: boolean): string {
  const secure = tls || /^https\b/i.test(header('x-forwarded-proto') ?? '');
  const host = header('host') ?? '';
  return `${secure ? 'https' : 'http'}://${/^[\w.:[\]-]{1,300}$/.test(host) ? host : 'localhost'}`;
}

function refusal({ error, detail, options }: SlackError): HttpResponse {
  const messages = detail === undefined ? {} : { response_metadata: { messages: [`[ERROR] ${detail}`] } };
  const body = { ok: false, error, ...messages };
  if (error !== 'ratelimited') return json(200, body);
  return json(429, body, { 'retry-after': String(options.retryAfter ?? 1) });
}

function json(status: number, body: object, more: { [name: string]: string } = {}): HttpResponse {
  const headers = { 'content-type': 'application/json; charset=utf-8', ...more };
  return { status, headers, body: JSON.stringify(body) };
}
