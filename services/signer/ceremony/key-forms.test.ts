import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { schemeNames } from '#libs/crypto/parameter-sets.ts';
import { assertComesIn, assertLiesSealed, keyOf } from '#test/support/signer/keys/key-forms.ts';

const base = mkdtempSync(join(tmpdir(), 'btcfed-forms-'));
after(() => rmSync(base, { recursive: true, force: true }));

describe('SIG-18 a key of every parameter set', () => {
  // No signature is made: a slow set takes a second for one (test/long/signature-schemes.ts signs with each).
  for (const scheme of schemeNames()) {
    test(`${scheme} comes in by every form`, () => assertComesIn(keyOf(scheme)));
  }
});

// Keys of the smallest scheme and of that of ADR-004: a seal is as slow as it must be. test/long/key-forms.ts seals
// one of every set.
for (const scheme of ['slh-dsa-sha2-128f', 'slh-dsa-sha2-256s'] as const) {
  test(`SIG-18 a key of ${scheme} comes in under a passphrase, lies sealed, and opens as the same`, () =>
    assertLiesSealed(keyOf(scheme), join(base, scheme)));
}
