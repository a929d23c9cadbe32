import assert from 'node:assert/strict';
import { test } from 'node:test';
import { schemeNames } from '#libs/crypto/parameter-sets.ts';
import { runCommandLine } from '#test/support/programs/command-line.ts';

test('SIG-01 btcfed signer selftest proves all twelve sets on this machine', async () => {
  const { code, out, notes } = await runCommandLine('signer', 'selftest', '--json');
  assert.equal(code, 0, notes);
  const { ok, openssl, results } = JSON.parse(out);
  assert.equal(ok, true);
  assert.equal(openssl, process.versions.openssl);
  assert.deepEqual(
    results.map(({ scheme }: { scheme: string }) => scheme),
    schemeNames(),
  );
});

test('SIG-02 the portable implementation makes the bytes that NIST published', async () => {
  const args = ['--scheme', 'slh-dsa-sha2-128f', '--backend', 'portable'];
  const { code, out } = await runCommandLine('signer', 'selftest', ...args);
  assert.equal(code, 0);
  assert.match(out, /^ok {6}slh-dsa-sha2-128f {3}portable {2}\d+ ms$/);
});

test('an unknown set is refused with the names of all', async () => {
  const { code, notes } = await runCommandLine('signer', 'selftest', '--scheme', 'rsa');
  assert.equal(code, 1);
  assert.match(notes, /unknown signature scheme "rsa": expected one of slh-dsa-sha2-128s/);
});
