import assert from 'node:assert/strict';
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { describe, test } from 'node:test';
import { encryptedPkcs8, isEncryptedPkcs8 } from './encrypted-pkcs8.ts';
import { KEY_FORMATS, pkcs8, secretKeyText } from './key-formats.ts';
import { SCHEME_SIZES } from './parameter-sets.ts';
import { readAnyKey } from './read-any-key.ts';
import { schemeByName } from './scheme.ts';

const SCHEME = 'slh-dsa-sha2-128f';
const WORDS = 'a passphrase of words';
const none = () => assert.fail('no passphrase is needed');
const words = async () => Buffer.from(WORDS);

const { publicKey, secretKey } = await schemeByName(SCHEME).generate();
const der = pkcs8(SCHEME, secretKey);

describe('SIG-18 a key of another program', () => {
  for (const format of KEY_FORMATS) {
    test(`is read as ${format}, also where only its form says of which scheme it is`, async () => {
      const text = Buffer.from(secretKeyText(SCHEME, secretKey, format));
      const scheme = format === 'raw' ? SCHEME : undefined;
      const key = await readAnyKey(text, { scheme, passphrase: none });
      assert.deepEqual([key.scheme, Buffer.from(key.secretKey)], [SCHEME, Buffer.from(secretKey)]);
      assert.deepEqual(Buffer.from(key.publicKey), Buffer.from(publicKey));
    });
  }

  test('is read from a seed, as FIPS 205 derives it', async () => {
    const seed = new Uint8Array(SCHEME_SIZES[SCHEME].seed).fill(7);
    const expected = await schemeByName(SCHEME).keyPairFromSeed(seed);
    const key = await readAnyKey(seed, { scheme: SCHEME, passphrase: none });
    assert.deepEqual(Buffer.from(key.secretKey), Buffer.from(expected.secretKey));
  });

  test('is read from encrypted PKCS#8, in PEM and DER, as OpenSSL and as this program write it', async () => {
    const { privateKey } = generateKeyPairSync(SCHEME);
    const raw = privateKey.export({ format: 'raw-private' });
    const encryption = { cipher: 'aes-256-cbc', passphrase: WORDS } as const;
    const pem = Buffer.from(privateKey.export({ type: 'pkcs8', format: 'pem', ...encryption }));
    const whole = privateKey.export({ type: 'pkcs8', format: 'der', ...encryption });
    for (const content of [pem, whole]) {
      assert.equal(isEncryptedPkcs8(content), true);
      assert.deepEqual((await readAnyKey(content, { passphrase: words })).secretKey, raw);
    }
    const own = await encryptedPkcs8(der, Buffer.from(WORDS));
    const opened = createPrivateKey({ key: own, passphrase: WORDS });
    assert.deepEqual(opened.export({ format: 'raw-private' }), Buffer.from(secretKey));
    // A million rounds of SHA-512: the bytes of INTEGER 1000000 and the identifier of the hash.
    const bytes = Buffer.from(own.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64');
    assert.ok(bytes.includes(Buffer.from('02030f4240', 'hex')));
    assert.ok(bytes.includes(Buffer.from('06082a864886f70d020b', 'hex')));
  });

  test('is refused with a wrong passphrase, of another scheme, of another kind, or without saying what it is', async () => {
    const own = Buffer.from(await encryptedPkcs8(der, Buffer.from(WORDS)));
    const wrong = readAnyKey(own, { passphrase: async () => Buffer.from('another passphrase') });
    await assert.rejects(wrong, { detail: { code: 'CRYPTO_SEAL_BROKEN' } });
    const other = readAnyKey(own, { scheme: 'slh-dsa-sha2-256s', passphrase: words });
    await assert.rejects(other, { message: /it is a key of slh-dsa-sha2-128f, not of slh-dsa-sha2-256s/ });
    const { privateKey } = generateKeyPairSync('ed25519');
    const ed25519 = privateKey.export({
      ...{ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: WORDS },
    } as const);
    await assert.rejects(readAnyKey(Buffer.from(ed25519), { passphrase: words }), {
      message: /it is one of ed25519, and consensus signs by SLH-DSA/,
    });
    await assert.rejects(readAnyKey(secretKey, { passphrase: none }), { message: /give --scheme/ });
    await assert.rejects(readAnyKey(Buffer.from('no key'), { passphrase: none }), {
      message: /it is none of PKCS#8/,
    });
  });
});
