import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { encryptedPkcs8 } from '#libs/crypto/encrypted-pkcs8.ts';
import { KEY_FORMATS, pkcs8, secretKeyText } from '#libs/crypto/key-formats.ts';
import { schemeNames } from '#libs/crypto/parameter-sets.ts';
import { readAnyKey } from '#libs/crypto/read-any-key.ts';
import { createKeyFile, readKeyFile, readKeyHeader } from './adapters/key-file.ts';

const base = mkdtempSync(join(tmpdir(), 'btcfed-forms-'));
after(() => rmSync(base, { recursive: true, force: true }));

const words = async () => Buffer.from('a passphrase of words');
const otherWords = async () => Buffer.from('another passphrase of words');
const none = () => assert.fail('no passphrase is needed');

describe('SIG-18 a key of every parameter set', () => {
  for (const scheme of schemeNames()) {
    // No signature is made: a slow set takes a second for one (libs/crypto/scheme.test.ts signs with each).
    test(`${scheme} comes in by every form, lies sealed, and opens as the same`, async () => {
      const pair = generateKeyPairSync(scheme);
      const [secretKey, publicKey] = [
        pair.privateKey.export({ format: 'raw-private' }),
        pair.publicKey.export({ format: 'raw-public' }),
      ];
      const told = { scheme, passphrase: none };
      for (const format of KEY_FORMATS) {
        const read = await readAnyKey(Buffer.from(secretKeyText(scheme, secretKey, format)), told);
        assert.deepEqual([read.secretKey, read.publicKey].map(Buffer.from), [secretKey, publicKey], format);
      }
      const locked = Buffer.from(await encryptedPkcs8(pkcs8(scheme, secretKey), await words()));
      const opened = await readAnyKey(locked, { passphrase: words });
      assert.deepEqual([opened.scheme, Buffer.from(opened.secretKey)], [scheme, secretKey]);

      const path = join(base, scheme);
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
      const [stranger] = schemeNames().filter(
        (name) => name !== scheme && name.slice(-4) === scheme.slice(-4),
      );
      writeFileSync(path, text.replace(scheme, stranger ?? ''));
      await assert.rejects(readKeyFile(path, words), { detail: { code: 'CRYPTO_SEAL_BROKEN' } });
    });
  }
});
