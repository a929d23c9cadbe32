import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { CryptoError, type CryptoErrorDetail } from '#libs/crypto/errors.ts';
import { schemeByName } from '#libs/crypto/scheme.ts';
import type { SignatureScheme, SigningKey } from '#libs/crypto/signature-scheme.ts';
import { createSignerKey } from '../ceremony/init.ts';
import { KEY_FILE_NAME } from '../words/file-names.ts';
import { FaultLatch } from './fault-latch.ts';
import { KeyVault } from './key-vault.ts';
import { KnownPins } from './known-pins.ts';

const base = mkdtempSync(join(tmpdir(), 'btcfed-vault-'));
after(() => rmSync(base, { recursive: true, force: true }));

const NAME = 'slh-dsa-sha2-128f';
const MESSAGE = Buffer.from('a vote');

/** The target of a fault of the machine: the key, the message, or the signature. */
interface Spoil {
  readonly key?: SigningKey;
  readonly message?: (message: Uint8Array) => Uint8Array;
  readonly reply?: (signature: Uint8Array) => Uint8Array;
}

/** One bit of them is another. */
const flipped = (bytes: Uint8Array): Uint8Array => bytes.map((byte, at) => (at === 40 ? byte ^ 1 : byte));

/** How signatures are verified: by an implementation that can at once, or by one that cannot. */
const WAYS = ['at once', 'in the thread pool'] as const;

/** An unlocked vault whose key begins to fail once it is told how. */
async function failingVault(way: (typeof WAYS)[number] = 'at once') {
  const folder = mkdtempSync(join(base, 'v-'));
  const publicKey = await createSignerKey({ folder, scheme: NAME });
  const real = schemeByName(NAME);
  let failure: Error | undefined;
  let spoil: Spoil = {};
  const { verifyAtOnce = assert.fail('OpenSSL can'), ...slow } = real;
  let inPool = 0;
  const scheme: SignatureScheme = {
    ...slow,
    async verify(...args) {
      inPool += 1;
      return real.verify(...args);
    },
    ...(way === 'at once' ? { verifyAtOnce } : {}),
    loadKey(secret) {
      const key = real.loadKey(secret);
      return {
        publicKey: key.publicKey,
        async sign(message) {
          if (failure !== undefined) throw failure;
          const signature = await (spoil.key ?? key).sign(spoil.message?.(message) ?? message);
          return spoil.reply?.(signature) ?? signature;
        },
        close: () => key.close(),
      };
    },
  };
  const lost: Error[] = [];
  const path = join(folder, KEY_FILE_NAME);
  const onLost = (cause: Error) => void lost.push(cause);
  const latch = new FaultLatch(join(folder, 'signer.fault'));
  const vault = new KeyVault({ path, scheme, publicKey, pins: new KnownPins(), latch, onLost });
  await vault.unlock(undefined);
  const fail = (error: Error | undefined) => {
    failure = error;
  };
  const spoils = (what: Spoil) => {
    spoil = what;
  };
  return { vault, lost, fail, spoils, folder, real, verifiedInPool: () => inPool };
}

const fault = (detail: CryptoErrorDetail) => new CryptoError('it failed', detail);

test('SIG-07 a key signs the message itself, whole, and not a hash of it', async () => {
  const { vault, real } = await failingVault();
  const whole = Buffer.alloc(5_000, 'a vote');
  const signature = await vault.sign(whole);
  assert.equal(await real.verify(vault.publicKey, whole, signature), true);
});

test('verifies its signature at once, and takes the thread pool only where it must', async () => {
  for (const [way, more] of [
    ['at once', 0],
    ['in the thread pool', 1],
  ] as const) {
    const { vault, verifiedInPool } = await failingVault(way);
    const before = verifiedInPool();
    await vault.sign(MESSAGE);
    assert.equal(verifiedInPool() - before, more, way);
  }
});

describe('a key that does not sign what it should', () => {
  test('is locked, is said to be lost once, and signs again when it is unlocked', async () => {
    {
      const { vault, lost, fail } = await failingVault();
      fail(fault({ code: 'CRYPTO_TOKEN_FAILED' }));
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

describe('a fault of the machine (services/signer/README.md R3, R4)', () => {
  const differ = fault({ code: 'CRYPTO_FAULT', scheme: NAME });

  for (const [where, spoil] of [
    [
      'in the key',
      (real: SignatureScheme, secret: Uint8Array): Spoil => ({ key: real.loadKey(flipped(secret)) }),
    ],
    [
      'in the message',
      (): Spoil => ({ message: (message) => message.map((byte, at) => (at === 0 ? byte ^ 1 : byte)) }),
    ],
    ['in the reply', (): Spoil => ({ reply: flipped })],
  ] as const) {
    test(`one bit ${where}: the signature does not leave, and nothing else does until an operator acts`, async () => {
      for (const way of WAYS) await faultFound(way, spoil);
    });
  }

  async function faultFound(
    way: (typeof WAYS)[number],
    spoil: (real: SignatureScheme, secret: Uint8Array) => Spoil,
  ): Promise<void> {
    const { vault, lost, spoils, real, folder } = await failingVault(way);
    const { secretKey } = await real.generate();
    spoils(spoil(real, secretKey));
    await assert.rejects(vault.sign(MESSAGE), { detail: { code: 'SIGNER_FAULT_DETECTED' } });
    assert.deepEqual([vault.isLocked, lost.length], [true, 1]);
    assert.match(vault.fault ?? '', /does not verify/);
    spoils({});
    await assert.rejects(vault.sign(MESSAGE), { detail: { code: 'SIGNER_LATCHED' } });
    await vault.unlock(undefined);
    await assert.rejects(vault.sign(MESSAGE), { detail: { code: 'SIGNER_LATCHED' } });
    assert.equal(new FaultLatch(join(folder, 'signer.fault')).reason, vault.fault, 'a restart knows it too');
    await vault.liftFault();
    assert.equal(new FaultLatch(join(folder, 'signer.fault')).reason, undefined);
    assert.equal((await vault.sign(MESSAGE)).length, 17_088);
  }

  test('between two computations of one signature: the same', async () => {
    const { vault, fail } = await failingVault();
    fail(differ);
    await assert.rejects(vault.sign(MESSAGE), { detail: { code: 'SIGNER_FAULT_DETECTED' } });
    fail(undefined);
    await assert.rejects(vault.sign(MESSAGE), { detail: { code: 'SIGNER_LATCHED' } });
  });

  test('holds back what was being signed at the same time, and latches once', async () => {
    const { vault, lost, spoils } = await failingVault();
    let made = 0;
    spoils({ reply: (signature) => (made++ === 0 ? flipped(signature) : signature) });
    const ends = await Promise.allSettled([vault.sign(MESSAGE), vault.sign(Buffer.from('b'))]);
    const codes = ends.map((end) => (end.status === 'rejected' ? end.reason.detail.code : 'signed'));
    assert.ok(codes.includes('SIGNER_FAULT_DETECTED'), `${codes}`);
    assert.deepEqual(lost.length, 1);
    assert.equal(vault.isLocked, true);
  });

  test('a latch that cannot be read is one, and one that is empty too', () => {
    const folder = mkdtempSync(join(base, 'l-'));
    const path = join(folder, 'signer.fault');
    assert.equal(new FaultLatch(path).reason, undefined);
    writeFileSync(path, '');
    assert.match(new FaultLatch(path).reason ?? '', /cannot be read/);
    rmSync(path);
    mkdirSync(path);
    assert.match(new FaultLatch(path).reason ?? '', /cannot be read/);
  });

  test('holds at once, even when it cannot be written', async () => {
    const { vault, lost, fail, folder } = await failingVault();
    mkdirSync(join(folder, 'signer.fault'));
    fail(differ);
    await assert.rejects(vault.sign(MESSAGE), { code: 'EISDIR' });
    assert.deepEqual([vault.isLocked, lost.length], [true, 1]);
    await assert.rejects(vault.sign(MESSAGE), { detail: { code: 'SIGNER_LATCHED' } });
  });
});

test('SIG-18 a key that is locked while it is being unlocked stays locked', async () => {
  const { vault } = await failingVault();
  await vault.lock();
  const unlocking = vault.unlock(undefined);
  await Promise.all([vault.lock(), assert.rejects(unlocking, { detail: { code: 'SIGNER_LOCKED' } })]);
  assert.equal(vault.isLocked, true);
  await vault.unlock(undefined);
  assert.equal(vault.isLocked, false);
  await vault.lock();
});
