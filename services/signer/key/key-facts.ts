import type { SchemeName } from '#libs/crypto/parameter-sets.ts';
import { KEY_FILE_BYTES_MAX } from '../words/limits.ts';
import { keyFileRefused, parsedText } from './key-file-text.ts';
import type { KeyBinding } from './key-header.ts';
import { readPrivateFile } from './private-file.ts';

/** The unencrypted part of a key file: nobody has to open the key to look after its record. */
export interface KeyFacts {
  readonly scheme: SchemeName;
  readonly publicKey: Uint8Array;
  readonly binding: KeyBinding;
}

/**
 * Reads the public part of a bound key file. Whether the key belongs to it shows when the signer opens it.
 * @throws CustodyError as `readKeyFile`, and `CUSTODY_KEY_UNBOUND`.
 */
export async function readKeyFacts(path: string): Promise<KeyFacts> {
  const raw = await readPrivateFile(
    {
      label: 'key file',
      path,
      bytesMax: KEY_FILE_BYTES_MAX,
      missing: 'this is no folder of a signer, or its key is gone',
    },
    'refused',
  );
  try {
    const { scheme, public_key: publicKey, chain_digest: chain, protocol } = parsedText(path, raw);
    if (chain === null || protocol === null) {
      throw keyFileRefused(
        'CUSTODY_KEY_UNBOUND',
        path,
        'it is not bound to a genesis yet: finish "btcfed init"',
      );
    }
    return { scheme, publicKey, binding: { chain, protocol } };
  } finally {
    raw.fill(0);
  }
}
