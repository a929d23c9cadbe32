import { equalBytes } from '#libs/bytes/bytes.ts';
import { proveKey } from '#libs/crypto/key-proof.ts';
import { schemeByName } from '#libs/crypto/scheme.ts';
import { tokenKey } from '#libs/crypto/token-key.ts';
import { tokenUriFault } from '#libs/crypto/token-uri.ts';
import type { KeyBinding } from '../key/key-header.ts';
import { createKeyFile } from '../key/write-key-file.ts';
import { CustodyError } from '../words/errors.ts';
import { placeForKey } from './init.ts';

export interface TokenKeyOptions {
  readonly folder: string;
  readonly scheme: string;
  /** The name of the key in the token (RFC 7512), without a PIN: `pkcs11:token=btcfed;object=consensus`. */
  readonly uri: string;
  readonly pin: () => Promise<Buffer>;
  /** The binding of a key that follows another. */
  readonly binding?: KeyBinding | undefined;
  /** The key that it follows, which it must not be. */
  readonly follows?: Uint8Array | undefined;
}

/**
 * Makes the key file of a key that was made in a token, and never signed: the file names the key's place in the
 * token. The token must sign with it once.
 * @returns its public key.
 * @throws CustodyError or CryptoError, with nothing written.
 */
export async function createTokenKey(options: TokenKeyOptions): Promise<Uint8Array> {
  const { folder, scheme, uri, pin, binding, follows } = options;
  const fault = tokenUriFault(uri);
  if (fault !== undefined) throw invalid(folder, `the name of the key in the token (RFC 7512): ${fault}`);
  const known = schemeByName(scheme);
  const key = tokenKey(known, uri, await pin());
  try {
    await proveKey(known, key);
    const { publicKey } = key;
    if (follows !== undefined && equalBytes(follows, publicKey)) {
      throw invalid(folder, 'this is the key that is at work: make another one in the token, and name that');
    }
    const facts = {
      scheme: known.name,
      publicKey,
      created: new Date().toISOString(),
      binding,
      isImported: false,
    };
    await createKeyFile(await placeForKey(folder), { ...facts, token: uri, secretKey: new Uint8Array() });
    return publicKey;
  } finally {
    key.close();
  }
}

function invalid(path: string, message: string): CustodyError {
  return new CustodyError(message, { code: 'CUSTODY_KEY_INVALID', path });
}
