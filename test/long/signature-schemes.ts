// Every one of the twelve parameter sets of FIPS 205 derives the key pairs of NIST, signs its very bytes, and both implementations believe each other (SIG-01, SIG-02, SIG-03, SIG-11).
import { after, describe, test } from 'node:test';
import { PortablePool } from '#libs/crypto/portable-pool.ts';
import { testSigning, testVerifying } from '#libs/crypto/self-test.ts';
import {
  assertDerives,
  assertSignsAsNist,
  assertSignsVector,
  assertVerifiesNative,
  implementationsOf,
  KEY_VECTORS,
  SIGNING_VECTORS,
} from '#test/support/signer/keys/scheme-vectors.ts';

const pool = new PortablePool({ workersMax: 2 });
after(() => pool.close());

for (const vector of KEY_VECTORS) {
  describe(vector.scheme, () => {
    const both = implementationsOf(vector.scheme, pool);

    test('derives the key pair that NIST derives', () => assertDerives(both, vector));
    test('verifies portably what was signed natively (SIG-01, SIG-03, SIG-11)', () =>
      assertVerifiesNative(both));
    test('SIG-02 signs the very bytes of NIST portably, and verifies them natively', () =>
      assertSignsAsNist(both));
    test('SIG-01 passes the self-test natively', async () => {
      await testVerifying(both.native);
      await testSigning(both.native, 'hedged');
    });
  });
}

describe('NIST cases without a context', () => {
  for (const vector of SIGNING_VECTORS) {
    test(`SIG-02 ${vector.scheme}`, () => assertSignsVector(implementationsOf(vector.scheme, pool), vector));
  }
});
