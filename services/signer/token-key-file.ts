import { proveKey } from '#libs/crypto/key-proof.ts';
import { checkedName, schemeByName } from '#libs/crypto/scheme.ts';
import { isTokenUri, tokenKey } from '#libs/crypto/token-key.ts';
import { writeKeyFile } from './adapters/key-file.ts';
import { CustodyError } from './core/errors.ts';
import { placeForKey } from './init.ts';

export interface TokenKeyOptions {
  readonly folder: string;
  readonly scheme: string;
  /** RFC 7512, without a PIN: `pkcs11:token=btcfed;object=consensus`. */
  readonly uri: string;
  readonly pin: () => Promise<Buffer>;
}

/**
 * Makes the key file of a key that was made in a token, and never signed: it says where the key is. The token must sign
 * with it once.
 * @returns its public key.
 * @throws CustodyError or CryptoError, with nothing written.
 */
export async function createTokenKey({ folder, scheme, uri, pin }: TokenKeyOptions): Promise<Uint8Array> {
  if (!isTokenUri(uri)) {
    const message = 'a key in a token is named by a pkcs11: URI without a PIN (RFC 7512)';
    throw new CustodyError(message, { code: 'CUSTODY_KEY_INVALID', path: folder });
  }
  const name = checkedName(scheme);
  const key = tokenKey(name, uri, await pin());
  try {
    await proveKey(schemeByName(name), key);
    const { publicKey } = key;
    const facts = {
      scheme: name,
      publicKey,
      created: new Date().toISOString(),
      binding: undefined,
      isImported: false,
    };
    await writeKeyFile(await placeForKey(folder), { ...facts, token: uri, secretKey: new Uint8Array() });
    return publicKey;
  } finally {
    key.close();
  }
}
