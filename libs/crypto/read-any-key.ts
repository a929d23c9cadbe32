import { isEncryptedPkcs8, openedPkcs8 } from './encrypted-pkcs8.ts';
import { CryptoError } from './errors.ts';
import { readSecretKey } from './key-formats.ts';
import { SCHEME_SIZES, type SchemeName, schemeNames } from './parameter-sets.ts';
import { checkedName, schemeByName } from './scheme.ts';

export interface AnyKey {
  readonly scheme: SchemeName;
  readonly publicKey: Uint8Array;
  /** 4n bytes of FIPS 205, in memory that the caller clears. */
  readonly secretKey: Uint8Array;
}

export interface ReadAnyKeyOptions {
  /** Where the form does not say it: hex, plain bytes, a seed. */
  readonly scheme?: string | undefined;
  /** Passphrase of an encrypted PKCS#8 file; asked for when the file is one. */
  readonly passphrase: () => Promise<Buffer>;
}

/**
 * A secret key in any form that is in use: PKCS#8 (PEM or DER, encrypted or not), JWK, hex or plain bytes, or the seed that
 * it is derived from.
 * @throws CryptoError `CRYPTO_KEY_UNREADABLE` or `CRYPTO_SEAL_BROKEN`, never with a byte of the key.
 */
export async function readAnyKey(content: Uint8Array, options: ReadAnyKeyOptions): Promise<AnyKey> {
  const { scheme, secretKey } = await parsed(content, options);
  if (secretKey.length === SCHEME_SIZES[scheme].seed) {
    return { scheme, ...(await schemeByName(scheme).keyPairFromSeed(secretKey)) };
  }
  return { scheme, secretKey, publicKey: new Uint8Array(secretKey.subarray(secretKey.length / 2)) };
}

async function parsed(content: Uint8Array, { scheme: named, passphrase }: ReadAnyKeyOptions) {
  if (isEncryptedPkcs8(content)) return agreed(await unlocked(content, passphrase), named);
  const scheme = named === undefined ? onlyScheme(content) : checkedName(named);
  const key = readSecretKey(scheme, content);
  // The key is copied: the bytes may be a view of the file's, which the caller clears.
  return { scheme, secretKey: Uint8Array.from(key) };
}

async function unlocked(content: Uint8Array, passphrase: () => Promise<Buffer>) {
  const words = await passphrase();
  try {
    return openedPkcs8(content, words);
  } finally {
    words.fill(0);
  }
}

function agreed(key: ReturnType<typeof openedPkcs8>, named: string | undefined) {
  if (named === undefined || checkedName(named) === key.scheme) return key;
  key.secretKey.fill(0);
  throw unreadable(`it is a key of ${key.scheme}, not of ${named}`);
}

/** The scheme that the content names: plain bytes fit several, and then somebody has to say it. */
function onlyScheme(content: Uint8Array): SchemeName {
  const fitting = schemeNames().filter((name) => fits(name, content));
  const [only] = fitting;
  if (only !== undefined && fitting.length === 1) return only;
  throw unreadable(
    fitting.length === 0
      ? 'it is none of PKCS#8 (PEM or DER), JWK, hex, raw bytes'
      : 'its form does not say of which scheme it is: give --scheme',
  );
}

function fits(name: SchemeName, content: Uint8Array): boolean {
  try {
    readSecretKey(name, content);
    return true;
  } catch {
    return false;
  }
}

function unreadable(reason: string): CryptoError {
  return new CryptoError(`the key cannot be read: ${reason}`, { code: 'CRYPTO_KEY_UNREADABLE' });
}
