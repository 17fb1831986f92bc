import type { Logger } from 'pino';
import type { Settings } from '../../config/settings.ts';
import { messageOf } from '../../platform/errors/error.ts';
import type { Transport, TransportHandlers, TransportLimits } from './port.ts';
import { checkedTls } from './tls.ts';
import { uwsTransport } from './uws.ts';
import { wsTransport } from './ws.ts';

/** uWebSockets.js where its binary loads; else ws, with one line that says why. Error: `config_invalid` for TLS files. */
export function chooseTransport(
  { transport: wanted, tls_cert, tls_key }: Pick<Settings, 'transport' | 'tls_cert' | 'tls_key'>,
  handlers: TransportHandlers,
  limits: TransportLimits,
  logger: Logger,
): Transport {
  const tls = checkedTls(tls_cert, tls_key);
  if (wanted === 'ws') return wsTransport(handlers, limits, tls);
  try {
    return uwsTransport(handlers, limits, tls);
  } catch (error) {
    if (wanted === 'uws') throw error;
    logger.warn(
      { reason: messageOf(error).split('\n')[0] },
      'uWebSockets.js does not load here: using ws, which is slower',
    );
    return wsTransport(handlers, limits, tls);
  }
}
