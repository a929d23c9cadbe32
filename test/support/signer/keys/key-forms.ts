import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { encryptedPkcs8 } from '#libs/crypto/encrypted-pkcs8.ts';
import { KEY_FORMATS, pkcs8, secretKeyText } from '#libs/crypto/key-formats.ts';
import { type SchemeName, schemeNames } from '#libs/crypto/parameter-sets.ts';
import { readAnyKey } from '#libs/crypto/read-any-key.ts';
import { readKeyFile, readKeyHeader } from '#services/signer/key/key-file.ts';
import { createKeyFile } from '#services/signer/key/write-key-file.ts';

interface KeyBytes {
  readonly scheme: SchemeName;
  readonly secretKey: Buffer;
  readonly publicKey: Buffer;
}

const words = async () => Buffer.from('a passphrase of words');
const otherWords = async () => Buffer.from('another passphrase of words');
const none = () => assert.fail('no passphrase is needed');

/** A key made by OpenSSL itself, without the code under test. */
export function keyOf(scheme: SchemeName): KeyBytes {
  const { privateKey, publicKey } = generateKeyPairSync(scheme);
  return {
    scheme,
    secretKey: privateKey.export({ format: 'raw-private' }),
    publicKey: publicKey.export({ format: 'raw-public' }),
  };
}

/** Asserts that the key can be imported in every form without a passphrase; takes no time. */
export async function assertComesIn({ scheme, secretKey, publicKey }: KeyBytes): Promise<void> {
  const told = { scheme, passphrase: none };
  for (const format of KEY_FORMATS) {
    const read = await readAnyKey(Buffer.from(secretKeyText(scheme, secretKey, format)), told);
    assert.deepEqual([read.secretKey, read.publicKey].map(Buffer.from), [secretKey, publicKey], format);
  }
}

/**
 * Asserts that the key can be imported with a passphrase, lies sealed in `path`, and opens unchanged; deriving keys
 * takes seconds.
 */
export async function assertLiesSealed({ scheme, secretKey, publicKey }: KeyBytes, path: string) {
  const locked = Buffer.from(await encryptedPkcs8(pkcs8(scheme, secretKey), await words()));
  const opened = await readAnyKey(locked, { passphrase: words });
  assert.deepEqual([opened.scheme, Buffer.from(opened.secretKey)], [scheme, secretKey]);

  const created = '2026-01-01T00:00:00.000Z';
  const key = { scheme, publicKey, secretKey, created, binding: undefined, isImported: true };
  await createKeyFile(path, key, words);
  const text = readFileSync(path, 'utf8');
  assert.equal(text.includes(secretKey.subarray(0, 16).toString('hex')), false);
  const header = await readKeyHeader(path);
  assert.deepEqual(
    [header.scheme, Buffer.from(header.publicKey), header.isSealed],
    [scheme, publicKey, true],
  );
  assert.deepEqual(Buffer.from((await readKeyFile(path, words)).secretKey), secretKey);
  await assert.rejects(readKeyFile(path, otherWords), { detail: { code: 'CRYPTO_SEAL_BROKEN' } });
  const [stranger] = schemeNames().filter((name) => name !== scheme && name.slice(-4) === scheme.slice(-4));
  writeFileSync(path, text.replace(scheme, stranger ?? ''));
  await assert.rejects(readKeyFile(path, words), { detail: { code: 'CRYPTO_SEAL_BROKEN' } });
}
