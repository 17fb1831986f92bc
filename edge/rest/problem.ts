import type { Logger } from 'pino';
import { catalogue } from '../../platform/errors/catalogue.ts';
import { MillraceError, messageOf } from '../../platform/errors/error.ts';
import type { HttpResponse } from '../transport/port.ts';

/** Any error as one of the catalogue: what is not, is logged and shown as `internal`, without its text. */
export function asMillraceError(error: unknown, logger: Logger, trace_id: string): MillraceError {
  if (error instanceof MillraceError) {
    const { cause } = error.options;
    // What a caller may not see is what an operator has to.
    if (cause !== undefined && error.status >= 500)
      logger.warn({ code: error.code, cause: messageOf(cause), trace_id }, error.detail);
    return error;
  }
  logger.error({ error, trace_id }, 'unexpected error');
  return new MillraceError('internal', `something broke on our side; the log has it under trace ${trace_id}`);
}

/** RFC 9457. `status`: where HTTP has a closer one than the code's. */
export function problemResponse(error: MillraceError, status: number = catalogue[error.code].status): HttpResponse {
  const { title } = catalogue[error.code];
  const body = {
    type: `https://millrace.dev/problems/${error.code}`,
    title,
    status,
    detail: error.detail,
    code: error.code,
  };
  const headers: { [name: string]: string } = { 'content-type': 'application/problem+json' };
  const retryAfter = error.options.retryAfter ?? (status === 429 || status === 503 ? 1 : undefined);
  if (retryAfter !== undefined) headers['retry-after'] = String(retryAfter);
  if (status === 401) headers['www-authenticate'] = 'Bearer';
  return { status, headers, body: JSON.stringify(body) };
}
