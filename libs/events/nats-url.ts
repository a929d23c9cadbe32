import { EventBusError } from './bus.ts';

/** The addresses of the servers, and the credentials for them. */
export interface NatsAddress {
  readonly servers: string[];
  readonly user?: string;
  readonly pass?: string;
  readonly token?: string;
  /** Secret half of an nkey: it signs the server's challenge, and is never shown. */
  readonly seed?: string;
  readonly isTls: boolean;
}

const DEFAULT_PORT = '4222';

/** The seed of a user's nkey: base32 of 36 bytes. No token that people choose looks like it. */
const SEED = /^SU[A-Z2-7]{56}$/;

/**
 * Reads `nats://[user:password@|token@|seed@]host[:port]`, or several behind commas; `tls://` asks for TLS. The first
 * one that has credentials gives them. An error shows none of it: it may hold a password.
 */
export function parseNatsUrl(url: string): NatsAddress {
  const parts = url.split(',').map((part) => parseOne(part.trim()));
  const { username, password } = parts.find((part) => part.username !== '') ?? { username: '', password: '' };
  const servers = parts.map(({ hostname, port }) => `${hostname}:${port || DEFAULT_PORT}`);
  const isTls = parts.some(({ protocol }) => protocol === 'tls:');
  if (username === '') return { servers, isTls };
  if (password === '' && SEED.test(username)) return { servers, isTls, seed: username };
  if (password === '') return { servers, isTls, token: decodeURIComponent(username) };
  return { servers, isTls, user: decodeURIComponent(username), pass: decodeURIComponent(password) };
}

function parseOne(text: string): URL {
  const url = URL.parse(text.includes('://') ? text : `nats://${text}`);
  if (url !== null && (url.protocol === 'nats:' || url.protocol === 'tls:') && url.hostname !== '')
    return url;
  throw new EventBusError('the NATS address is not of the form nats://host:port', {
    code: 'EVENT_BUS_URL_INVALID',
  });
}
