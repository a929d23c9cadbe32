import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toCertifiedKeyDigest, toDigest, toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import { blockStatement } from '#libs/protocol/hotstuff/statements.ts';
import { signatureOf, TRUST } from '#test/support/chain/handovers.ts';
import { CERTIFYING_TABLE } from '#test/support/protocol/certifying-table.ts';
import { standingOf } from './verify-claim.ts';

const KEY = toCertifiedKeyDigest('ab'.repeat(32));
const member = toMemberIndex(1);
const block = { height: toHeight(1n), digest: toDigest('d'.repeat(64)) };
const statement = blockStatement('prepare', toView(1n), block);
const { chainDigest: chain, votes, validators } = TRUST;
const scope = { chain, protocol: votes.protocol, epoch: validators.epoch };
const publicKey = validators.members[1]?.publicKey ?? assert.fail();
const claim = { member, statement, signature: signatureOf(publicKey, votes.bytes(scope, statement)) };

describe('a claim, to a client', () => {
  test("is true by the member's own key, and verified by the scheme that it trusts", async () => {
    assert.equal(await standingOf(claim, TRUST), 'true');
    const schemes: string[] = [];
    const verify: typeof TRUST.verify = async (_key, _message, _signature, scheme) =>
      schemes.push(scheme) > 0;
    await standingOf(claim, { ...TRUST, verify });
    assert.deepEqual(schemes, [TRUST.scheme]);
  });

  test('is false with another signature, member, or key where the kind takes none', async () => {
    assert.equal(await standingOf({ ...claim, signature: Uint8Array.of(1) }, TRUST), 'false');
    assert.equal(await standingOf({ ...claim, member: toMemberIndex(9) }, TRUST), 'false');
    assert.equal(await standingOf({ ...claim, key: KEY }, TRUST), 'false');
  });

  test('is not resolved by a key that nothing trusted says of a member, though the own key would have made it', async () => {
    assert.equal(
      await standingOf({ ...claim, key: KEY }, { ...TRUST, votes: CERTIFYING_TABLE }),
      'unresolved',
    );
  });
});
