import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  X509Certificate,
} from 'node:crypto';
import { certificatePem, type ExtendedUsage } from './certificate.ts';
import {
  checkCommonName,
  checkDays,
  checkedDnsName,
  checkedIpBytes,
  checkedUri,
  PkiError,
  refusedField,
} from './request-checks.ts';

/** A certificate and its private key, both PEM (X.509 and PKCS#8). The key is a secret. */
export interface CertifiedKey {
  readonly certificate: string;
  readonly key: string;
}

/** A certification authority of our own: one per member, for the connections between its processes. */
export type Authority = CertifiedKey;

export interface CertificateRequest {
  /** Name of the holder, at most 64 characters. A server that pins its clients compares exactly this name. */
  readonly commonName: string;
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
  /** URIs in the certificate, such as a SPIFFE id. */
  readonly uris?: readonly string[];
  readonly usage: 'server' | 'client' | 'both';
  /** From now on. */
  readonly days: number;
  /** From how many days ago on it is valid, for one that is to look as if it had been used; left out: from now on. */
  readonly ageDays?: number;
}

export type SelfSignedRequest = Pick<CertificateRequest, 'commonName' | 'days'>;

const EXTENDED_USAGE = {
  server: ['server'],
  client: ['client'],
  both: ['server', 'client'],
} as const satisfies Record<CertificateRequest['usage'], readonly ExtendedUsage[]>;

/** Makes an authority with a new ECDSA P-256 key. It may certify, but not make further authorities. */
export function createAuthority(name: string, days: number): Authority {
  checkCommonName(name);
  checkDays(days);
  const { privateKey, publicKey } = newKey();
  const certificate = certificatePem({
    subject: name,
    issuer: name,
    subjectKey: publicKey,
    issuerKey: privateKey,
    days,
    kind: { kind: 'authority' },
  });
  return { certificate, key: pemOf(privateKey) };
}

/** Issues a certificate for a new ECDSA P-256 key, signed by `authority`. */
export function issueCertificate(authority: Authority, request: CertificateRequest): CertifiedKey {
  checkCommonName(request.commonName);
  checkDays(request.days);
  const { privateKey, publicKey } = newKey();
  const certificate = certificatePem({
    subject: request.commonName,
    issuer: commonNameOf(authority.certificate),
    subjectKey: publicKey,
    issuerKey: createPrivateKey(authority.key),
    days: request.days,
    ageDays: request.ageDays,
    kind: {
      kind: 'leaf',
      usages: EXTENDED_USAGE[request.usage],
      dnsNames: request.dnsNames.map(checkedDnsName),
      ipAddresses: request.ipAddresses.map(checkedIpBytes),
      uris: (request.uris ?? []).map(checkedUri),
    },
  });
  return { certificate, key: pemOf(privateKey) };
}

/**
 * A certificate over an Ed25519 key that exists, signed by that key: it vouches for nothing but the key, and a reader who
 * knows the key needs no authority.
 * @param seed - The 32 bytes of the private key.
 */
export function selfSigned(seed: Uint8Array, { commonName, days }: SelfSignedRequest): CertifiedKey {
  checkCommonName(commonName);
  checkDays(days);
  const key = createPrivateKey({
    key: Buffer.from(seed),
    format: 'raw-private',
    asymmetricKeyType: 'ed25519',
  });
  const certificate = certificatePem({
    subject: commonName,
    issuer: commonName,
    subjectKey: createPublicKey(key),
    issuerKey: key,
    days,
    kind: { kind: 'leaf', usages: EXTENDED_USAGE.both, dnsNames: [], ipAddresses: [], uris: [] },
  });
  return { certificate, key: pemOf(key) };
}

/**
 * The common name of the subject of a PEM certificate.
 * @throws PkiError when there is no certificate or no name in it.
 */
export function commonNameOf(certificate: string): string {
  const subject = parsed(certificate).toLegacyObject().subject;
  const name: unknown = subject.CN;
  if (typeof name !== 'string') throw refusedField('certificate', 'it names nobody');
  return name;
}

/** Whether the private key belongs to the certificate. */
export function belongTogether({ certificate, key }: CertifiedKey): boolean {
  return parsed(certificate).checkPrivateKey(createPrivateKey(key));
}

function parsed(certificate: string): X509Certificate {
  try {
    return new X509Certificate(certificate);
  } catch (cause) {
    throw new PkiError(
      'not a PEM certificate',
      { code: 'PKI_INVALID_REQUEST', field: 'certificate' },
      { cause },
    );
  }
}

function newKey(): { readonly privateKey: KeyObject; readonly publicKey: KeyObject } {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}
