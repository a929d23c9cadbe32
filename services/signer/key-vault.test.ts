import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { CryptoError, type CryptoErrorDetail } from '#libs/crypto/errors.ts';
import { schemeByName } from '#libs/crypto/scheme.ts';
import type { SignatureScheme } from '#libs/crypto/signature-scheme.ts';
import { KEY_FILE_NAME } from './custody.ts';
import { createSignerKey } from './init.ts';
import { KeyVault } from './key-vault.ts';
import { KnownPins } from './known-pins.ts';

const base = mkdtempSync(join(tmpdir(), 'btcfed-vault-'));
after(() => rmSync(base, { recursive: true, force: true }));

const NAME = 'slh-dsa-sha2-128f';
const MESSAGE = Buffer.from('a vote');

/** An unlocked vault whose key begins to fail once it is told how. */
async function failingVault() {
  const folder = mkdtempSync(join(base, 'v-'));
  const publicKey = await createSignerKey({ folder, scheme: NAME });
  const real = schemeByName(NAME);
  let failure: Error | undefined;
  const scheme: SignatureScheme = {
    ...real,
    loadKey(secret) {
      const key = real.loadKey(secret);
      return {
        publicKey: key.publicKey,
        sign: async (message) => (failure === undefined ? key.sign(message) : Promise.reject(failure)),
        close: () => key.close(),
      };
    },
  };
  const lost: Error[] = [];
  const path = join(folder, KEY_FILE_NAME);
  const onLost = (cause: Error) => void lost.push(cause);
  const vault = new KeyVault({ path, scheme, publicKey, pins: new KnownPins(), onLost });
  await vault.unlock(undefined);
  const fail = (error: Error | undefined) => {
    failure = error;
  };
  return { vault, lost, fail };
}

const fault = (detail: CryptoErrorDetail) => new CryptoError('it failed', detail);

describe('a key that does not sign what it should', () => {
  test('is locked, is said to be lost once, and signs again when it is unlocked', async () => {
    for (const detail of [{ code: 'CRYPTO_TOKEN_FAILED' }, { code: 'CRYPTO_FAULT', scheme: NAME }] as const) {
      const { vault, lost, fail } = await failingVault();
      fail(fault(detail));
      const both = await Promise.allSettled([vault.sign(MESSAGE), vault.sign(MESSAGE)]);
      for (const each of both) {
        assert.equal(each.status, 'rejected');
        assert.deepEqual(each.reason.detail, { code: 'SIGNER_LOCKED' });
        assert.match(each.reason.message, /^the key is locked: it failed: its operator opens it/);
      }
      assert.deepEqual([vault.isLocked, lost.length], [true, 1]);
      fail(undefined);
      await vault.unlock(undefined);
      assert.equal((await vault.sign(MESSAGE)).length, 17_088);
    }
  });

  test('stays open for what is wrong with one request alone', async () => {
    const { vault, lost, fail } = await failingVault();
    fail(fault({ code: 'CRYPTO_OVERLOADED', waiting: 1 }));
    await assert.rejects(vault.sign(MESSAGE), { detail: { code: 'CRYPTO_OVERLOADED', waiting: 1 } });
    assert.deepEqual([vault.isLocked, lost], [false, []]);
  });
});
