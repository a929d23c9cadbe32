import { createCipheriv, createPrivateKey, type KeyObject, pbkdf2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { concatBytes } from '#libs/bytes/bytes.ts';
import { CryptoError } from './errors.ts';
import { isSchemeName, type SchemeName } from './parameter-sets.ts';

/** OWASP asks for 210,000 of SHA-512; Node's own export makes 2,048, which a graphics card guesses through. */
const ITERATIONS = 1_000_000;
const SALT_BYTES = 16;
const IV_BYTES = 16;
const KEY_BYTES = 32;

const OID = {
  pbes2: [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0d],
  pbkdf2: [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0c],
  hmacSha512: [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02, 0x0b],
  aes256Cbc: [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x2a],
} as const;

const LABEL = 'ENCRYPTED PRIVATE KEY';
/** The identifier of PBES1 and PBES2 begins like this, and stands within the first bytes. */
const PKCS5 = Buffer.from(OID.pbes2.slice(0, 8));
const PKCS5_AT_MAX = 16;

const derive = promisify(pbkdf2);

/** Whether these bytes are an encrypted PKCS#8 key, in PEM or DER. */
export function isEncryptedPkcs8(content: Uint8Array): boolean {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.length);
  if (bytes.includes(`-----BEGIN ${LABEL}-----`)) return true;
  const at = bytes.indexOf(PKCS5);
  return bytes[0] === 0x30 && at > 0 && at < PKCS5_AT_MAX;
}

/** A PKCS#8 key (DER) under a passphrase: PBES2 of RFC 8018 with PBKDF2-HMAC-SHA-512 and AES-256-CBC, in PEM. */
export async function encryptedPkcs8(der: Uint8Array, passphrase: Uint8Array): Promise<string> {
  const [salt, iv] = [randomBytes(SALT_BYTES), randomBytes(IV_BYTES)];
  const key = await derive(passphrase, salt, ITERATIONS, KEY_BYTES, 'sha512');
  const cipher = createCipheriv('aes-256-cbc', key, iv);
  const ciphertext = Buffer.concat([cipher.update(der), cipher.final()]);
  key.fill(0);
  const kdf = sequence([
    tagged(0x06, OID.pbkdf2),
    sequence([
      tagged(0x04, salt),
      integer(ITERATIONS),
      sequence([tagged(0x06, OID.hmacSha512), tagged(0x05, [])]),
    ]),
  ]);
  const scheme = sequence([tagged(0x06, OID.aes256Cbc), tagged(0x04, iv)]);
  const algorithm = sequence([tagged(0x06, OID.pbes2), sequence([kdf, scheme])]);
  const whole = Buffer.from(sequence([algorithm, tagged(0x04, ciphertext)]));
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${LABEL}-----`, ...lines, `-----END ${LABEL}-----`, ''].join('\n');
}

/**
 * Opens an encrypted PKCS#8 key of any kind that OpenSSL opens.
 * @returns the scheme that it names, and the key in memory that the caller clears.
 * @throws CryptoError `CRYPTO_SEAL_BROKEN` for a wrong passphrase or a damaged file, `CRYPTO_KEY_UNREADABLE` for a key of
 * another kind.
 */
export function openedPkcs8(
  content: Uint8Array,
  passphrase: Buffer,
): { readonly scheme: SchemeName; readonly secretKey: Uint8Array } {
  const key = opened(Buffer.from(content.buffer, content.byteOffset, content.length), passphrase);
  const scheme = key.asymmetricKeyType ?? 'unknown';
  if (isSchemeName(scheme)) return { scheme, secretKey: key.export({ format: 'raw-private' }) };
  const message = `the key cannot be read: it is one of ${scheme}, and consensus signs by SLH-DSA`;
  throw new CryptoError(message, { code: 'CRYPTO_KEY_UNREADABLE' });
}

function opened(key: Buffer, passphrase: Buffer): KeyObject {
  const isPem = key.includes('-----BEGIN');
  try {
    return isPem
      ? createPrivateKey({ key, format: 'pem', passphrase })
      : createPrivateKey({ key, format: 'der', type: 'pkcs8', passphrase });
  } catch {
    // The error has no cause: OpenSSL's words depend on the random bytes that a wrong passphrase gives.
    const message =
      'the key does not open: wrong passphrase, a damaged file, or one of a kind that OpenSSL does not know';
    throw new CryptoError(message, { code: 'CRYPTO_SEAL_BROKEN' });
  }
}

function sequence(parts: readonly Uint8Array[]): Uint8Array {
  return tagged(0x30, concatBytes(parts));
}

function integer(value: number): Uint8Array {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return tagged(0x02, (bytes[0] ?? 0) < 0x80 ? bytes : [0, ...bytes]);
}

/** DER: type, length of up to 65,535, content. */
function tagged(tag: number, content: ArrayLike<number>): Uint8Array {
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Uint8Array.from([tag, ...size, ...Array.from(content)]);
}
