import { type ConnectionOptions, nkeyAuthenticator } from 'nats';
import { EVENT_LIMITS } from './limits.ts';
import type { NatsAddress } from './nats-url.ts';

/** What the client of NATS needs to know of an address. */
export function connectionTo({ isTls, seed, ...address }: NatsAddress): ConnectionOptions {
  return {
    ...address,
    ...(seed === undefined ? {} : { authenticator: nkeyAuthenticator(Buffer.from(seed)) }),
    ...(isTls ? { tls: {} } : {}),
    timeout: EVENT_LIMITS.connectTimeoutMs,
  };
}
