import { createPublicKey, hash, type KeyObject, randomBytes, sign } from 'node:crypto';
import {
  bitString,
  boolean,
  contextConstructed,
  contextPrimitive,
  objectIdentifier,
  octetString,
  sequence,
  setOf,
  time,
  unsignedInteger,
  utf8String,
} from './der.ts';

export type ExtendedUsage = 'server' | 'client';

/** The kind of a certificate, which decides what its holder may do. */
type CertificateKind =
  | { readonly kind: 'authority' }
  | {
      readonly kind: 'leaf';
      readonly usages: readonly ExtendedUsage[];
      readonly dnsNames: readonly string[];
      /** 4 or 16 bytes each. */
      readonly ipAddresses: readonly Buffer[];
      readonly uris: readonly string[];
    };

export interface CertificateFacts {
  readonly subject: string;
  readonly issuer: string;
  readonly subjectKey: KeyObject;
  /** Private key of the issuer: ECDSA P-256 or Ed25519. */
  readonly issuerKey: KeyObject;
  readonly days: number;
  /** From how many days ago on it is valid; left out: from now on. */
  readonly ageDays?: number | undefined;
  readonly kind: CertificateKind;
}

const OID = {
  commonName: '2.5.4.3',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  ed25519: '1.3.101.112',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
} as const;

const EXTENDED_USAGE_OID = {
  server: '1.3.6.1.5.5.7.3.1',
  client: '1.3.6.1.5.5.7.3.2',
} as const satisfies Record<ExtendedUsage, string>;

const VERSION_3 = Buffer.from([2]);
const SERIAL_BYTES = 16;
const DAY_MS = 86_400_000;
/** A host whose clock is this much behind still accepts a certificate that was made a moment ago. */
const CLOCK_SKEW_MS = 300_000;

/** keyCertSign and cRLSign; digitalSignature (RFC 5280 4.2.1.3). */
const USAGE_BITS = {
  authority: bitString(Buffer.from([0b0000_0110]), 1),
  leaf: bitString(Buffer.from([0b1000_0000]), 7),
} as const;

/** A signed X.509 v3 certificate (RFC 5280) as PEM, valid from five minutes ago, or before its age, for `days` days from now. */
export function certificatePem(facts: CertificateFacts): string {
  const isEd25519 = facts.issuerKey.asymmetricKeyType === 'ed25519';
  const algorithm = sequence(objectIdentifier(isEd25519 ? OID.ed25519 : OID.ecdsaWithSha256));
  const now = Date.now();
  const from = now - (facts.ageDays ?? 0) * DAY_MS - CLOCK_SKEW_MS;
  const toBeSigned = sequence(
    contextConstructed(0, unsignedInteger(VERSION_3)),
    unsignedInteger(randomBytes(SERIAL_BYTES)),
    algorithm,
    nameOf(facts.issuer),
    sequence(time(new Date(from)), time(new Date(now + facts.days * DAY_MS))),
    nameOf(facts.subject),
    spkiOf(facts.subjectKey),
    contextConstructed(3, sequence(...extensionsOf(facts))),
  );
  const signature = sign(isEd25519 ? null : 'sha256', toBeSigned, facts.issuerKey);
  return pem(sequence(toBeSigned, algorithm, bitString(signature)));
}

function extensionsOf({ kind, subjectKey, issuerKey }: CertificateFacts): readonly Buffer[] {
  const issuerKeyId = contextPrimitive(0, keyId(createPublicKey(issuerKey)));
  const common = [
    extension(OID.keyUsage, USAGE_BITS[kind.kind], 'critical'),
    extension(OID.subjectKeyIdentifier, octetString(keyId(subjectKey))),
    extension(OID.authorityKeyIdentifier, sequence(issuerKeyId)),
  ];
  if (kind.kind === 'authority') {
    const noFurtherAuthorities = sequence(boolean(true), unsignedInteger(Buffer.from([0])));
    return [extension(OID.basicConstraints, noFurtherAuthorities, 'critical'), ...common];
  }
  const usages = sequence(...kind.usages.map((usage) => objectIdentifier(EXTENDED_USAGE_OID[usage])));
  return [
    extension(OID.basicConstraints, sequence(), 'critical'),
    ...common,
    extension(OID.extendedKeyUsage, usages),
    ...alternativeNames(kind),
  ];
}

/** dNSName is [2], uniformResourceIdentifier is [6], iPAddress is [7] (RFC 5280 4.2.1.6). An empty list is no extension. */
function alternativeNames(names: {
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly Buffer[];
  readonly uris: readonly string[];
}): readonly Buffer[] {
  const all = [
    ...names.dnsNames.map((name) => contextPrimitive(2, Buffer.from(name, 'ascii'))),
    ...names.uris.map((uri) => contextPrimitive(6, Buffer.from(uri, 'ascii'))),
    ...names.ipAddresses.map((address) => contextPrimitive(7, address)),
  ];
  return all.length === 0 ? [] : [extension(OID.subjectAltName, sequence(...all))];
}

function extension(oid: string, value: Buffer, weight: 'critical' | 'normal' = 'normal'): Buffer {
  const critical = weight === 'critical' ? [boolean(true)] : [];
  return sequence(objectIdentifier(oid), ...critical, octetString(value));
}

function nameOf(commonName: string): Buffer {
  return sequence(setOf(sequence(objectIdentifier(OID.commonName), utf8String(commonName))));
}

function spkiOf(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' });
}

/** Any digest of the key will do as its identifier (RFC 5280 4.2.1.2); ours is 160 bits of SHA-256. */
function keyId(key: KeyObject): Buffer {
  return hash('sha256', spkiOf(key), 'buffer').subarray(0, 20);
}

function pem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
