import assert from 'node:assert/strict';
import { argon2Sync } from 'node:crypto';
import { describe, test } from 'node:test';
import { openSecret, type SealedSecret, sealSecret } from './sealed-secret.ts';

const SECRET = Uint8Array.from({ length: 128 }, (_, i) => i);
const PASSPHRASE = Buffer.from('correct horse battery', 'utf8');
const BOUND = Buffer.from('{"chain":"a"}', 'utf8');

function bitFlipped(base64: string, at: number): string {
  const bytes = Buffer.from(base64, 'base64');
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return bytes.toString('base64');
}

describe('SIG-18 a sealed secret', async () => {
  const sealed = await sealSecret(SECRET, PASSPHRASE, BOUND);

  test('opens with its passphrase and what it is bound to, and holds nothing in the clear', async () => {
    assert.deepEqual(new Uint8Array(await openSecret(sealed, PASSPHRASE, BOUND)), SECRET);
    assert.equal(
      Buffer.from(sealed.ciphertext, 'base64').includes(Buffer.from(SECRET.subarray(0, 16))),
      false,
    );
  });

  test('is another one each time', async () => {
    const again = await sealSecret(SECRET, PASSPHRASE, BOUND);
    assert.notEqual(again.salt, sealed.salt);
    assert.notEqual(again.nonce, sealed.nonce);
    assert.notEqual(again.ciphertext, sealed.ciphertext);
  });

  test('does not open with another passphrase, or when a bit of anything was changed', async () => {
    const changes: readonly Partial<SealedSecret>[] = [
      { ciphertext: bitFlipped(sealed.ciphertext, 0) },
      { ciphertext: bitFlipped(sealed.ciphertext, 143) },
      { nonce: bitFlipped(sealed.nonce, 0) },
      { salt: bitFlipped(sealed.salt, 15) },
      { passes: 2 },
      { memory: 32 * 1024 },
      { lanes: 2 },
    ];
    const broken = { detail: { code: 'CRYPTO_SEAL_BROKEN' } };
    for (const change of changes) {
      await assert.rejects(openSecret({ ...sealed, ...change }, PASSPHRASE, BOUND), broken);
    }
    await assert.rejects(openSecret(sealed, Buffer.from('correct horse batterz'), BOUND), broken);
    await assert.rejects(openSecret(sealed, PASSPHRASE, Buffer.from('{"chain":"b"}')), broken);
  });

  test('is refused before any work when its parameters are absurd', async () => {
    const absurd: readonly Partial<SealedSecret>[] = [
      { memory: 2 ** 30 },
      { memory: 1024 },
      { passes: 1_000 },
      { passes: 1 },
      { lanes: 0 },
      { lanes: 1.5 },
      { nonce: '' },
      { salt: 'AAAA' },
      { ciphertext: Buffer.alloc(16).toString('base64') },
    ];
    for (const change of absurd) {
      const detail = { code: 'CRYPTO_SEAL_INVALID' };
      await assert.rejects(openSecret({ ...sealed, ...change }, PASSPHRASE, BOUND), { detail });
    }
  });

  test('is not made with a passphrase that can be guessed', async () => {
    for (const passphrase of [Buffer.alloc(0), Buffer.alloc(11), Buffer.alloc(1_025)]) {
      const detail = { code: 'CRYPTO_PASSPHRASE_REFUSED' };
      await assert.rejects(sealSecret(SECRET, passphrase, BOUND), { detail });
    }
  });

  test('uses the Argon2id of RFC 9106 (its test vector, section 5.3)', () => {
    const key = argon2Sync('argon2id', {
      message: Buffer.alloc(32, 1),
      nonce: Buffer.alloc(16, 2),
      secret: Buffer.alloc(8, 3),
      associatedData: Buffer.alloc(12, 4),
      parallelism: 4,
      tagLength: 32,
      memory: 32,
      passes: 3,
    });
    assert.equal(key.toString('hex'), '0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659');
  });
});
