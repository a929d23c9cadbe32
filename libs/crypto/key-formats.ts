import { concatBytes, equalBytes } from '#libs/bytes/bytes.ts';
import { fromHex } from '#libs/bytes/hex.ts';
import { CryptoError } from './errors.ts';
import { SCHEME_SIZES, type SchemeName, schemeNames } from './parameter-sets.ts';

/** How a secret key is written: PKCS#8 in PEM (RFC 5958, RFC 9909), JWK (`kty` AKP), or FIPS 205's own bytes as hex. */
export const KEY_FORMATS = ['pkcs8', 'jwk', 'raw'] as const;
export type KeyFormat = (typeof KEY_FORMATS)[number];

/** The first x of the object identifiers 2.16.840.1.101.3.4.3.x: the sets follow in the order of the standard. */
const OID_FIRST = 20;
const OID_STEM = [0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03];

const PEM = /-----BEGIN ([A-Z ]+)-----([A-Za-z0-9+/=\s]+)-----END \1-----/;

/** The text of a secret key. It is the key itself: mode 0600, and nowhere but in a file. */
export function secretKeyText(scheme: SchemeName, secretKey: Uint8Array, format: KeyFormat): string {
  switch (format) {
    case 'pkcs8': {
      const lines =
        Buffer.from(pkcs8(scheme, secretKey))
          .toString('base64')
          .match(/.{1,64}/g) ?? [];
      return ['-----BEGIN PRIVATE KEY-----', ...lines, '-----END PRIVATE KEY-----', ''].join('\n');
    }
    case 'jwk': {
      const pub = base64url(secretKey.subarray(secretKey.length / 2));
      return `${JSON.stringify({ kty: 'AKP', alg: jwkAlgorithm(scheme), pub, priv: base64url(secretKey) })}\n`;
    }
    case 'raw':
      return `${Buffer.from(secretKey).toString('hex')}\n`;
  }
}

/**
 * A secret key in any form that is in use: PKCS#8 (PEM or DER), JWK, the output of `btcfed crypto keygen --json`, hex
 * or plain bytes.
 * @returns the 4n bytes of FIPS 205, or the 3n bytes of a seed, which the caller tells apart by their number.
 * @throws CryptoError `CRYPTO_KEY_UNREADABLE`, never naming a byte of the key.
 */
export function readSecretKey(scheme: SchemeName, content: Uint8Array): Uint8Array {
  const { secretKey, seed } = SCHEME_SIZES[scheme];
  if (content.length === secretKey || content.length === seed) return content;
  const text = Buffer.from(content).toString('latin1').trim();
  const bytes = fromText(scheme, text) ?? fromPkcs8(scheme, content);
  if (bytes.length === secretKey || bytes.length === seed) return bytes;
  throw unreadable(`a key of ${scheme} has ${secretKey} bytes, its seed ${seed}; these are ${bytes.length}`);
}

function fromText(scheme: SchemeName, text: string): Uint8Array | undefined {
  if (text.startsWith('{')) return fromJson(scheme, text);
  const [, label, body] = PEM.exec(text) ?? [];
  if (label === undefined || body === undefined) return fromHex(text.toLowerCase());
  if (label === 'PRIVATE KEY') return fromPkcs8(scheme, Buffer.from(body, 'base64'));
  throw unreadable(`it is PEM of "${label}": expected "PRIVATE KEY" (PKCS#8, not encrypted)`);
}

function fromPkcs8(scheme: SchemeName, der: Uint8Array): Uint8Array {
  const key = der.subarray(Math.max(0, der.length - SCHEME_SIZES[scheme].secretKey));
  if (equalBytes(der, pkcs8(scheme, key))) return key;
  const other = schemeNames().find((name) => isPkcs8Of(name, der));
  if (other !== undefined) throw unreadable(`it is a key of ${other}, not of ${scheme}`);
  throw unreadable('it is none of PKCS#8 (PEM or DER), JWK, hex, raw bytes');
}

function isPkcs8Of(scheme: SchemeName, der: Uint8Array): boolean {
  const { secretKey } = SCHEME_SIZES[scheme];
  return der.length > secretKey && equalBytes(der, pkcs8(scheme, der.subarray(der.length - secretKey)));
}

function fromJson(scheme: SchemeName, text: string): Uint8Array {
  const { alg, scheme: named = alg, priv, secretKey } = fieldsOf(text);
  if (named !== undefined && named.toLowerCase() !== scheme) {
    throw unreadable(`it is a key of ${named.toLowerCase()}, not of ${scheme}`);
  }
  const bytes = priv === undefined ? fromHex(secretKey ?? '-') : Buffer.from(priv, 'base64url');
  if (bytes === undefined) throw unreadable('its JSON has neither "priv" (JWK) nor "secretKey" (hex)');
  return bytes;
}

function fieldsOf(text: string): Readonly<Record<string, string | undefined>> {
  try {
    return Object.fromEntries(
      Object.entries(JSON.parse(text)).map(([name, value]) => [
        name,
        typeof value === 'string' ? value : undefined,
      ]),
    );
  } catch {
    throw unreadable('it begins like JSON and is none'); // The parser's own words would quote the key.
  }
}

/** PKCS#8 in DER: SEQUENCE { version 0, SEQUENCE { OID }, OCTET STRING }: the key lies in it directly (RFC 9909). */
export function pkcs8(scheme: SchemeName, secretKey: Uint8Array): Uint8Array {
  const algorithm = [0x30, OID_STEM.length + 1, ...OID_STEM, OID_FIRST + schemeNames().indexOf(scheme)];
  const head = [0x02, 0x01, 0x00, ...algorithm, 0x04, ...length(secretKey.length)];
  const size = head.length + secretKey.length;
  return concatBytes([Uint8Array.from([0x30, ...length(size), ...head]), secretKey]);
}

/** DER's length of up to 255 bytes. */
function length(bytes: number): readonly number[] {
  return bytes < 0x80 ? [bytes] : [0x81, bytes];
}

/** RFC 9909's names keep the `s` and `f` small. */
function jwkAlgorithm(scheme: SchemeName): string {
  return `${scheme.slice(0, -1).toUpperCase()}${scheme.slice(-1)}`;
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}

function unreadable(reason: string): CryptoError {
  return new CryptoError(`the key cannot be read: ${reason}`, { code: 'CRYPTO_KEY_UNREADABLE' });
}
