import { X509Certificate } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { sha256Hex } from '#libs/bytes/sha256.ts';

/** The caller, as far as shares go: known by the key of a certificate that TLS has verified, else by the address. */
export interface Caller {
  readonly kind: 'key' | 'address';
  /** SHA-256 of the public key (SPKI), hex; or an IPv4 address, the first 64 bits of an IPv6 one, or `unix`. */
  readonly owner: string;
  /** Address and port: no two connections that are open have the same. On a Unix socket all do. */
  readonly connection: string;
}

/** The groups of a caller from the largest to the smallest, as `FairPlaces` takes them. */
export function pathOf({ kind, owner, connection }: Caller): readonly [string, string, string] {
  return [kind, owner, connection];
}

export interface ConnectionFacts {
  /** `host:port` of the other end; anything else on a Unix socket. */
  readonly peer: string;
  /** DER of the certificate that TLS has verified. */
  readonly certificate?: Uint8Array | undefined;
}

export function callerOf({ peer, certificate }: ConnectionFacts): Caller {
  if (certificate !== undefined) return { kind: 'key', owner: keyPin(certificate), connection: peer };
  return { kind: 'address', owner: addressOf(peer), connection: peer };
}

/** SHA-256 of the public key in a certificate (DER or PEM), as SPKI, hex. @throws when `certificate` is none. */
export function keyPin(certificate: Uint8Array): string {
  const { publicKey } = new X509Certificate(certificate);
  return sha256Hex(publicKey.export({ type: 'spki', format: 'der' }));
}

const HOST_OF_PEER = /^\[?(?<host>[0-9a-fA-F:.]+?)(?:%[^\]]*)?\]?:\d+$/;
const MAPPED_IPV4 = /^::ffff:(?<ipv4>\d+\.\d+\.\d+\.\d+)$/i;
/**
 * The part of an IPv6 address that a home or an office is given at least, in bits: one caller may use all
 * addresses below it.
 */
const IPV6_GROUPS = 4;

function addressOf(peer: string): string {
  const host = HOST_OF_PEER.exec(peer)?.groups?.['host'];
  if (host === undefined) return 'unix';
  if (!isIPv6(host)) return host;
  return MAPPED_IPV4.exec(host)?.groups?.['ipv4'] ?? prefixOf(host);
}

/** The first 64 bits, in full. */
function prefixOf(ipv6: string): string {
  const [head = '', tail] = ipv6.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length;
  const groups = [...left, ...Array.from({ length: zeros }, () => '0'), ...right];
  const prefix = groups.slice(0, IPV6_GROUPS).map((group) => Number.parseInt(group, 16).toString(16));
  return `${prefix.join(':')}::/64`;
}
