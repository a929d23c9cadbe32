import { type ConnectionOptions, nkeyAuthenticator } from 'nats';
import { EVENT_LIMITS } from './limits.ts';
import type { NatsAddress } from './nats-url.ts';

/** The options of the NATS client for an address. */
export function connectionTo({ isTls, seed, ...address }: NatsAddress): ConnectionOptions {
  return {
    ...address,
    ...(seed === undefined ? {} : { authenticator: nkeyAuthenticator(Buffer.from(seed)) }),
    ...(isTls ? { tls: {} } : {}),
    timeout: EVENT_LIMITS.connectTimeoutMs,
  };
}
