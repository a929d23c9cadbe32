import { X509Certificate } from 'node:crypto';
import type { PeerCertificate, TLSSocket } from 'node:tls';
import { type CertifiedKey, selfSigned } from '#libs/pki/pki.ts';
import { CERTIFICATE_DAYS } from './limits.ts';

const ED25519_BYTES = 32;

/** The certificate of a party that is known by its Ed25519 key, made anew in memory. @param seed - 32 bytes, secret. */
export function ownCertificate(seed: Uint8Array, commonName: string): CertifiedKey {
  return selfSigned(seed, { commonName, days: CERTIFICATE_DAYS });
}

/**
 * The Ed25519 key of the other end of a connection, which TLS has proved to be there; undefined where it shows no certificate, or one
 * over a key of another kind. Names, dates and issuers in the certificate say nothing: the key alone is known.
 */
export function peerKeyOf(socket: TLSSocket): Uint8Array | undefined {
  const shown: PeerCertificate | Record<string, never> | null = socket.getPeerCertificate();
  if (shown === null || !Buffer.isBuffer(shown.raw)) return undefined;
  const { publicKey } = new X509Certificate(shown.raw);
  if (publicKey.asymmetricKeyType !== 'ed25519') return undefined;
  const raw = new Uint8Array(publicKey.export({ format: 'raw-public' }));
  return raw.length === ED25519_BYTES ? raw : undefined;
}
