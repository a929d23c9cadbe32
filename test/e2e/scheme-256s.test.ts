import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SCHEME_SIZES } from '#libs/crypto/parameter-sets.ts';
import { LocalMembers, type RunningMember } from '#test/support/federation/local-members.ts';
import { btcfed } from '#test/support/federation/operator.ts';

/** The profile of the federation's ADR-004: half a second a signature, and thirteen of them for a decision. */
const SCHEME = 'slh-dsa-sha2-256s';
const SIGNATURE_BYTES = 29_792;
const PUBLIC_KEY_BYTES = 64;
const FINAL_MS = 300_000;

async function makeFinal({ client }: RunningMember, text: string): Promise<string> {
  const { hash } = await client.submit(Buffer.from(text));
  await client.wait(hash, { deadlineMs: FINAL_MS });
  return hash;
}

/** Asserts that the member proves the transaction to a client that trusts the genesis file alone. */
async function assertProved({ facts }: RunningMember, hash: string): Promise<void> {
  const { genesis } = facts.paths;
  const proved = await btcfed('tx', 'get', hash, '--address', facts.clientAddress, '--verify', genesis);
  assert.deepEqual([proved['state'], proved['verified']], ['final', true]);
}

test('F-66: SIG-01 four members whose keys are of the scheme 256s decide, prove what they decided, and go on when one is gone', async () => {
  await using federation = await LocalMembers.start({ members: 4, scheme: SCHEME });
  const [first, second] = federation.members;
  assert.ok(first && second);
  assert.equal(SCHEME_SIZES[SCHEME].signature, SIGNATURE_BYTES);
  const hash = await makeFinal(first, 'all four');
  const { certificate } = await first.client.getBlock('latest');
  assert.deepEqual(
    certificate.signatures.map(({ signature }) => signature.length),
    [SIGNATURE_BYTES, SIGNATURE_BYTES, SIGNATURE_BYTES],
  );
  const { members } = await first.client.validators();
  assert.ok(members.every(({ publicKey }) => publicKey.length === PUBLIC_KEY_BYTES));
  await assertProved(first, hash);

  // The views that this one leads end by timeouts, which are signed with the same keys.
  federation.kill(3, 'consensus');
  await assertProved(second, await makeFinal(second, 'three of four'));
});
