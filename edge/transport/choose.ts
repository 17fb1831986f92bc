import type { Logger } from 'pino';
import { messageOf } from '../../platform/errors/error.ts';
import type { Transport, TransportHandlers, TransportLimits } from './port.ts';
import { uwsTransport } from './uws.ts';
import { wsTransport } from './ws.ts';

/** uWebSockets.js where its binary loads; else ws, with one line that says why. */
export function chooseTransport(
  wanted: 'auto' | 'uws' | 'ws',
  handlers: TransportHandlers,
  limits: TransportLimits,
  logger: Logger,
): Transport {
  if (wanted === 'ws') return wsTransport(handlers, limits);
  try {
    return uwsTransport(handlers, limits);
  } catch (error) {
    if (wanted === 'uws') throw error;
    logger.warn(
      { reason: messageOf(error).split('\n')[0] },
      'uWebSockets.js does not load here: using ws, which is slower',
    );
    return wsTransport(handlers, limits);
  }
}
