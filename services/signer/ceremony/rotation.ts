import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { destroyFile } from '../key/destroy-file.ts';
import { type Passphrase, readKeyHeader } from '../key/key-file.ts';
import { CustodyError } from '../words/errors.ts';
import { KEY_FILE_NAME, LEDGER_FILE_NAME, NEXT_FOLDER } from '../words/file-names.ts';
import { createSignerKey } from './init.ts';
import { createTokenKey, type TokenKeyOptions } from './token-key-file.ts';

export interface PrepareOptions {
  readonly folder: string;
  /** Seals the new key; left out: it lies in the clear. */
  readonly passphrase?: Passphrase;
  /** Takes a key that was made in a token instead. */
  readonly token?: Pick<TokenKeyOptions, 'uri' | 'pin'> | undefined;
}

/**
 * Makes the key that is to follow the one in this folder. It signs nothing, and has no record, before an epoch
 * begins whose members know it in place of the other.
 * @returns its public key.
 * @throws CustodyError `CUSTODY_KEY_EXISTS` when one was prepared before.
 */
export async function prepareRotation({ folder, passphrase, token }: PrepareOptions): Promise<Uint8Array> {
  const current = join(folder, KEY_FILE_NAME);
  const { scheme, binding, publicKey } = await readKeyHeader(current);
  if (binding !== undefined) {
    const next = { folder: join(folder, NEXT_FOLDER), scheme, binding };
    if (token === undefined) return createSignerKey({ ...next, passphrase });
    return createTokenKey({ ...next, ...token, follows: publicKey });
  }
  const reason = 'it is not bound to a genesis yet, so there is nothing that another key could follow in';
  throw new CustodyError(`key file ${current}: ${reason}`, { code: 'CUSTODY_KEY_UNBOUND', path: current });
}

/**
 * Destroys the prepared key. Nobody may have proposed it to the members: once decided, they would wait for it in vain.
 * @returns its public key.
 * @throws CustodyError when none was prepared, or its epoch has begun.
 */
export async function abandonRotation(folder: string): Promise<Uint8Array> {
  const next = join(folder, NEXT_FOLDER);
  const [key, ledger] = [join(next, KEY_FILE_NAME), join(next, LEDGER_FILE_NAME)];
  if (existsSync(ledger)) {
    const reason =
      'its epoch began, and the next start of the signer puts it in place: it cannot be abandoned';
    throw new CustodyError(`key file ${key}: ${reason}`, { code: 'CUSTODY_NOT_ACTIVE', path: key });
  }
  const { publicKey } = await readKeyHeader(key);
  await destroyFile(key);
  rmSync(next, { recursive: true, force: true });
  return publicKey;
}
