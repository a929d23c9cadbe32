import { hash, X509Certificate } from 'node:crypto';
import type { CertificateRequest } from './pki.ts';

/** The content of a certificate, for people, and for the request of an equal certificate. */
export interface CertificateDescription {
  readonly commonName: string;
  readonly isAuthority: boolean;
  readonly usage: CertificateRequest['usage'] | undefined;
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
  readonly uris: readonly string[];
  readonly notBefore: Date;
  readonly notAfter: Date;
  /**
   * SHA-256 of the public key (SPKI), hex, which a pin is compared with. It stays when a certificate is renewed for
   * the same key.
   */
  readonly pin: string;
}

const SERVER_OID = '1.3.6.1.5.5.7.3.1';
const CLIENT_OID = '1.3.6.1.5.5.7.3.2';

/** Undefined when the text is no certificate. */
export function describeCertificate(pem: string): CertificateDescription | undefined {
  try {
    const certificate = new X509Certificate(pem);
    const names = alternativeNames(certificate);
    return {
      commonName: String(certificate.toLegacyObject().subject.CN ?? ''),
      isAuthority: certificate.ca,
      usage: usageOf(certificate),
      dnsNames: names('DNS'),
      ipAddresses: names('IP Address'),
      uris: names('URI'),
      notBefore: certificate.validFromDate,
      notAfter: certificate.validToDate,
      pin: pinOf(certificate),
    };
  } catch {
    return undefined; // Why the parser dislikes it says nothing to a person.
  }
}

/** SHA-256 of the SubjectPublicKeyInfo, hex. */
function pinOf(certificate: X509Certificate): string {
  return hash('sha256', certificate.publicKey.export({ type: 'spki', format: 'der' }), 'hex');
}

function usageOf({ keyUsage }: X509Certificate): CertificateDescription['usage'] {
  const isServer = keyUsage?.includes(SERVER_OID) ?? false;
  const isClient = keyUsage?.includes(CLIENT_OID) ?? false;
  if (isServer) return isClient ? 'both' : 'server';
  return isClient ? 'client' : undefined;
}

function alternativeNames({ subjectAltName = '' }: X509Certificate): (kind: string) => readonly string[] {
  const entries = subjectAltName.split(', ');
  return (kind) =>
    entries.filter((entry) => entry.startsWith(`${kind}:`)).map((entry) => entry.slice(kind.length + 1));
}
