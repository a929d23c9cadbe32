// A key of every one of the twelve parameter sets comes in under a passphrase, lies sealed, and opens as the same; not under the name of another set (SIG-18).
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { schemeNames } from '#libs/crypto/parameter-sets.ts';
import { assertLiesSealed, keyOf } from '#test/support/signer/keys/key-forms.ts';

const base = mkdtempSync(join(tmpdir(), 'btcfed-forms-'));
after(() => rmSync(base, { recursive: true, force: true }));

describe('SIG-18 a key of every parameter set', () => {
  for (const scheme of schemeNames()) {
    test(`${scheme} comes in under a passphrase, lies sealed, and opens as the same`, () =>
      assertLiesSealed(keyOf(scheme), join(base, scheme)));
  }
});
