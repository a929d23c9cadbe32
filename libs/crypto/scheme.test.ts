import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { after, describe, test } from 'node:test';
import {
  assertAcceptsNist,
  assertDerives,
  assertSignsAsNist,
  assertSignsVector,
  assertVerifiesNative,
  flipped,
  implementationsOf,
  KEY_VECTORS,
  SIGNING_VECTORS,
} from '#test/support/signer/keys/scheme-vectors.ts';
import { proveKey } from './key-proof.ts';
import { SCHEME_SIZES, schemeNames } from './parameter-sets.ts';
import { PortablePool } from './portable-pool.ts';
import { schemeByName } from './scheme.ts';

const message = Buffer.from('btcfed/test/slh-dsa', 'utf8');
const pool = new PortablePool({ workersMax: 2 });
after(() => pool.close());

test('there are vectors for all twelve parameter sets of FIPS 205', () => {
  assert.equal(schemeNames().length, 12);
  assert.deepEqual(KEY_VECTORS.map(({ scheme }) => scheme).sort(), [...schemeNames()].sort());
});

/** The set of ADR-004, and one of each length and each hash; test/long/signature-schemes.ts signs with every set. */
const SIGNING = ['sha2-256s', 'sha2-128f', 'sha2-192f', 'sha2-256f', 'shake-128f'].map(
  (name) => `slh-dsa-${name}`,
);

for (const vector of KEY_VECTORS) {
  describe(vector.scheme, () => {
    const both = implementationsOf(vector.scheme, pool);

    for (const scheme of Object.values(both)) {
      test(`accepts the signature that NIST published, and in no other form (SIG-01, SIG-11, ${scheme.backend})`, () =>
        assertAcceptsNist(scheme));
    }

    if (!SIGNING.includes(vector.scheme)) return;
    test('derives the key pair that NIST derives', () => assertDerives(both, vector));
    test('verifies portably what was signed natively (SIG-01, SIG-03, SIG-11)', () =>
      assertVerifiesNative(both));
    test('SIG-02 signs the very bytes of NIST portably, and verifies them natively', () =>
      assertSignsAsNist(both));
  });
}

describe('both implementations', () => {
  // Ten callers and ten keys at once, as SIG-15 has it; of the slow one more than it has threads.
  for (const [backend, count] of [
    ['native', 10],
    ['portable', 4],
  ] as const) {
    const scheme = schemeByName('slh-dsa-sha2-128f', { backend, pool });

    test(`generate keys that work (${backend})`, async () => {
      const pair = await scheme.generate();
      const other = await scheme.generate();
      assert.notDeepEqual(pair.secretKey, other.secretKey);
      const key = scheme.loadKey(pair.secretKey);
      assert.deepEqual(Buffer.from(key.publicKey), Buffer.from(pair.publicKey));
      await proveKey(scheme, key);
    });

    test(`derive the same key from a seed (${backend})`, async () => {
      const seed = new Uint8Array(48).fill(7);
      const pair = await scheme.keyPairFromSeed(seed);
      assert.deepEqual(await scheme.keyPairFromSeed(seed), pair);
      assert.deepEqual(seed, new Uint8Array(48).fill(7), 'the seed of the caller is left alone');
    });

    test(`sign differently each time when hedged (${backend})`, async () => {
      const { secretKey } = await scheme.generate();
      assert.notDeepEqual(await scheme.sign(secretKey, message), await scheme.sign(secretKey, message));
    });

    test(`sign nothing with a closed key (SIG-12, ${backend})`, async () => {
      const key = scheme.loadKey((await scheme.generate()).secretKey);
      key.close();
      key.close();
      assert.equal(key.publicKey.length, 0);
      await assert.rejects(key.sign(message), { detail: { code: 'CRYPTO_KEY_CLOSED' } });
    });

    test(`keep their key when the caller clears the bytes it came from (SIG-13, ${backend})`, async () => {
      const { secretKey } = await scheme.generate();
      const key = scheme.loadKey(secretKey);
      secretKey.fill(0);
      await proveKey(scheme, key);
    });

    test(`notice a secret key with the public part of another (${backend})`, async () => {
      const { secretKey } = await scheme.generate();
      const key = scheme.loadKey(flipped(secretKey, secretKey.length - 1));
      await assert.rejects(proveKey(scheme, key), { detail: { code: 'CRYPTO_KEY_MISMATCH' } });
    });

    test(`refuse keys, seeds and messages of a wrong size (SIG-04, SIG-06, SIG-07, SIG-09, ${backend})`, async () => {
      const { publicKey, secretKey } = await scheme.generate();
      const signature = new Uint8Array(scheme.sizes.signature);
      const refusal = { name: 'CryptoError', detail: { code: 'CRYPTO_INVALID_SIZE' } };
      const isRefusal = (error: Error): boolean => {
        assert.equal(error.name, refusal.name);
        return /^(invalid (public key|secret key|seed) length|empty message)/.test(error.message);
      };
      assert.throws(() => scheme.loadKey(secretKey.subarray(1)), isRefusal);
      await assert.rejects(scheme.sign(new Uint8Array(65), message), isRefusal);
      await assert.rejects(scheme.keyPairFromSeed(new Uint8Array(47)), isRefusal);
      await assert.rejects(scheme.sign(secretKey, new Uint8Array()), isRefusal);
      await assert.rejects(scheme.verify(publicKey.subarray(1), message, signature), isRefusal);
      await assert.rejects(scheme.verify(publicKey, new Uint8Array(), signature), isRefusal);
    });

    test(`call a signature of another size no signature (SIG-05, SIG-08, SIG-10, ${backend})`, async () => {
      const { publicKey, secretKey } = await scheme.generate();
      const signature = await scheme.sign(secretKey, message);
      const longer = Buffer.concat([signature, Buffer.alloc(1)]);
      for (const bad of [new Uint8Array(), signature.subarray(1), longer]) {
        assert.equal(await scheme.verify(publicKey, message, bad), false);
      }
    });

    test(`serve ${count} callers at once (SIG-15, ${backend})`, async () => {
      const { publicKey, secretKey } = await scheme.generate();
      const key = scheme.loadKey(secretKey);
      const oks = Array.from({ length: count }, async (_, index) => {
        const own = Buffer.from(`message ${index}`);
        return scheme.verify(publicKey, own, await key.sign(own));
      });
      assert.deepEqual(new Set(await Promise.all(oks)), new Set([true]));
    });

    test(`serve ${count} keys at once, and mix none up (SIG-15, ${backend})`, async () => {
      const keys = await Promise.all(Array.from({ length: count }, () => scheme.generate()));
      const signatures = await Promise.all(keys.map(({ secretKey }) => scheme.sign(secretKey, message)));
      const oks = signatures.flatMap((signature, index) =>
        keys.map(async ({ publicKey }, of) => {
          if (of !== index && of !== (index + 1) % keys.length) return true;
          return (await scheme.verify(publicKey, message, signature)) === (of === index);
        }),
      );
      assert.deepEqual(new Set(await Promise.all(oks)), new Set([true]));
    });
  }
});

describe('a verdict at once', () => {
  const scheme = schemeByName('slh-dsa-sha2-128f', { backend: 'native' });
  const verifyAtOnce = scheme.verifyAtOnce ?? assert.fail('OpenSSL gives it');

  test('is the one that verifying in the thread pool gives, for true and for false signatures', async () => {
    const { publicKey, secretKey } = await scheme.generate();
    const other = await scheme.generate();
    const signature = await scheme.sign(secretKey, message);
    assert.equal(verifyAtOnce(publicKey, message, signature), true);
    const places = [0, scheme.sizes.seed, Math.floor(signature.length / 2), signature.length - 1];
    for (const at of places) assert.equal(verifyAtOnce(publicKey, message, flipped(signature, at)), false);
    assert.equal(verifyAtOnce(other.publicKey, message, signature), false);
    assert.equal(verifyAtOnce(publicKey, flipped(message, 3), signature), false);
    const under = await scheme.sign(secretKey, message, Uint8Array.of(1));
    assert.equal(verifyAtOnce(publicKey, message, under), false, 'of another context');
  });

  test('refuses what verifying in the thread pool refuses', async () => {
    const { publicKey, secretKey } = await scheme.generate();
    const signature = await scheme.sign(secretKey, message);
    const longer = Buffer.concat([signature, Buffer.alloc(1)]);
    for (const bad of [new Uint8Array(), signature.subarray(1), longer]) {
      assert.equal(verifyAtOnce(publicKey, message, bad), false);
    }
    const isOfSize = ({ detail }: { detail: { code: string } }) => detail.code === 'CRYPTO_INVALID_SIZE';
    assert.throws(() => verifyAtOnce(publicKey.subarray(1), message, signature), isOfSize);
    assert.throws(() => verifyAtOnce(publicKey, new Uint8Array(), signature), isOfSize);
  });

  test('is not to be had in JavaScript, which would stop its thread for long', () => {
    assert.equal(schemeByName('slh-dsa-sha2-128f', { backend: 'portable', pool }).verifyAtOnce, undefined);
  });
});

describe('schemeByName', () => {
  test('names all schemes when it does not know one', () => {
    assert.throws(
      () => schemeByName('slh-dsa-sha2-129f'),
      (error: Error) => {
        assert.match(error.message, /unknown signature scheme "slh-dsa-sha2-129f"/);
        return schemeNames().every((name) => error.message.includes(name));
      },
    );
    for (const name of ['', 'SLH-DSA-SHA2-128F', 'toString', '__proto__']) {
      assert.throws(() => schemeByName(name), { name: 'CryptoError' });
    }
  });

  test('takes the native implementation when it may choose, and says so (SIG-16)', () => {
    assert.equal(schemeByName('slh-dsa-sha2-256s').backend, 'native');
    assert.equal(schemeByName('slh-dsa-sha2-256s', { backend: 'portable' }).backend, 'portable');
  });

  test('SIG-16 SIG-17 says what is needed where OpenSSL does not know the scheme, and takes the portable one if it may', (t) => {
    const withoutScheme = t.mock.method(crypto, 'createPublicKey', () => {
      throw new Error('unsupported');
    });
    syncBuiltinESMExports();
    try {
      assert.throws(() => schemeByName('slh-dsa-sha2-256s', { backend: 'native' }), {
        message: /has no slh-dsa-sha2-256s: needs Node 24\.21 or later with OpenSSL 3\.5 or later/,
        detail: { code: 'CRYPTO_UNAVAILABLE', scheme: 'slh-dsa-sha2-256s', backend: 'native' },
      });
      assert.equal(schemeByName('slh-dsa-sha2-256s').backend, 'portable');
    } finally {
      withoutScheme.mock.restore();
      syncBuiltinESMExports();
    }
    assert.equal(schemeByName('slh-dsa-sha2-256s').backend, 'native');
  });

  test('signs deterministically by the portable implementation alone', () => {
    assert.equal(schemeByName('slh-dsa-sha2-128f', { signing: 'deterministic' }).backend, 'portable');
    assert.throws(() => schemeByName('slh-dsa-sha2-128f', { signing: 'deterministic', backend: 'native' }), {
      detail: { code: 'CRYPTO_UNAVAILABLE', scheme: 'slh-dsa-sha2-128f', backend: 'native' },
    });
  });

  test('knows the sizes of the profile of ADR-004 (SIG-01, SIG-04, SIG-05, SIG-06)', () => {
    assert.deepEqual(SCHEME_SIZES['slh-dsa-sha2-256s'], {
      publicKey: 64,
      secretKey: 128,
      signature: 29_792,
      seed: 96,
    });
  });
});

test('a key that signs deterministically computes twice and compares (SIG-02)', async () => {
  const answers = [Uint8Array.of(1), Uint8Array.of(1), Uint8Array.of(1), Uint8Array.of(2)];
  const faulty = new PortablePool();
  faulty.run = async () => ({ kind: 'sign', signature: answers.shift() ?? assert.fail('asked once more') });
  const scheme = schemeByName('slh-dsa-sha2-128f', { signing: 'deterministic', pool: faulty });
  const key = scheme.loadKey(new Uint8Array(64));
  assert.deepEqual(await key.sign(message), Uint8Array.of(1));
  await assert.rejects(key.sign(message), { detail: { code: 'CRYPTO_FAULT', scheme: 'slh-dsa-sha2-128f' } });
});

describe('NIST cases without a context', () => {
  for (const vector of SIGNING_VECTORS.filter(({ scheme }) => scheme.includes('sha2'))) {
    test(`SIG-02 ${vector.scheme}`, () => assertSignsVector(implementationsOf(vector.scheme, pool), vector));
  }
});
