import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toEpoch } from '#libs/chain/ids.ts';
import type { Roster } from '#libs/membership/roster.ts';
import { evidenceOf } from '#libs/protocol/evidence.ts';
import { signingBytes } from '#libs/protocol/hotstuff/signing-bytes.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import { encodeEvidence } from '#libs/protocols/evidence-codec.ts';
import { said, spoke } from '#test/support/chain/claims.ts';
import { CHAIN, FOUNDERS, handoverOf, NEXT, signatureOf, TRUST } from '#test/support/chain/handovers.ts';
import { rosterOf } from '#test/support/chain/membership.ts';
import { ROUNDS_TABLE } from '#test/support/protocol/rounds-table.ts';
import { roundsLie } from '#test/support/protocol/rounds-votes.ts';
import { encodeEvidenceFile, verifyEvidenceFile } from './evidence-file.ts';

const THIRD = rosterOf(4, 20);
const HANDOVERS = [
  handoverOf(),
  handoverOf({ epoch: 2n, roster: THIRD, signers: NEXT, signed: [0, 2, 3] }),
] as const;
const LIAR = 3;

/** Two votes of the last member of an epoch, which contradict each other. */
function doubleVote(epoch: number, roster: Roster): Uint8Array {
  const scope = { chain: CHAIN, protocol: 'hotstuff', epoch: toEpoch(BigInt(epoch)) };
  const [first, second] = ['a', 'b'].map((digest) => {
    const statement = spoke('prepare', 7, digest);
    const { publicKey } = roster[LIAR] ?? assert.fail();
    return said(LIAR, statement, signatureOf(publicKey, signingBytes(scope, statement)));
  });
  assert.ok(first && second);
  return encodeEvidence(evidenceOf(first, second, scope.epoch, HOTSTUFF_TABLE) ?? assert.fail(), CHAIN);
}

async function nameIn(file: Uint8Array): Promise<string> {
  const verdict = await verifyEvidenceFile(file, TRUST);
  if (!verdict.ok) return verdict.fault;
  return verdict.validators.members[verdict.evidence.first.member]?.name ?? '';
}

describe('a file of evidence', () => {
  test('BYZ-27 proves to a stranger with the genesis what a member of any epoch did, and who it was', async () => {
    assert.equal(await nameIn(encodeEvidenceFile(doubleVote(0, FOUNDERS), [])), 'm3');
    assert.equal(await nameIn(encodeEvidenceFile(doubleVote(1, NEXT), HANDOVERS.slice(0, 1))), 'm9');
    assert.equal(await nameIn(encodeEvidenceFile(doubleVote(2, THIRD), HANDOVERS)), 'm23');
  });

  test('of the first epoch is the evidence itself, as it stands in a block', () => {
    const content = doubleVote(0, FOUNDERS);
    assert.deepEqual(encodeEvidenceFile(content, []), content);
  });

  test('is read by the tables of the trust, and not by those of this version', async () => {
    const scope = { chain: CHAIN, protocol: ROUNDS_TABLE.protocol, epoch: toEpoch(0n) };
    const { publicKey } = FOUNDERS[LIAR] ?? assert.fail();
    const sign = (statement: VoteStatement) => signatureOf(publicKey, ROUNDS_TABLE.bytes(scope, statement));
    const content = encodeEvidence(roundsLie({ member: LIAR, sign }), CHAIN);
    const ours = { ...TRUST, votes: ROUNDS_TABLE, votesOf: () => undefined };
    assert.equal((await verifyEvidenceFile(content, ours)).ok, true);
    assert.match(await nameIn(content), /a protocol that is not known here/);
    const later = { ...TRUST, votesOf: () => ROUNDS_TABLE };
    const verdict = await verifyEvidenceFile(content, later);
    assert.equal(verdict.ok, false, 'the epoch did not run it');
  });

  const forged = handoverOf({ signed: [0, 1] });
  const REFUSED: readonly (readonly [string, Uint8Array, RegExp])[] = [
    ['without its handovers', doubleVote(1, NEXT), /of epoch 1 with 0 handovers/],
    [
      'with too many of them',
      encodeEvidenceFile(doubleVote(1, NEXT), HANDOVERS),
      /of epoch 1 with 2 handovers/,
    ],
    [
      'with a handover that less than a quorum signed',
      encodeEvidenceFile(doubleVote(1, NEXT), [forged]),
      /below quorum/,
    ],
    [
      'with handovers in another order',
      encodeEvidenceFile(doubleVote(2, THIRD), HANDOVERS.toReversed()),
      /no handover to the next epoch/,
    ],
    [
      'of statements that members of another epoch signed',
      encodeEvidenceFile(doubleVote(1, FOUNDERS), HANDOVERS.slice(0, 1)),
      /signature under the prepare does not hold/,
    ],
  ];
  for (const [name, file, fault] of REFUSED) {
    test(`BYZ-27 proves nothing ${name}`, async () => assert.match(await nameIn(file), fault));
  }

  test('BYZ-27 proves nothing when it was cut or changed anywhere, and is read without harm', async () => {
    const file = encodeEvidenceFile(doubleVote(1, NEXT), HANDOVERS.slice(0, 1));
    for (let at = 0; at < file.length; at += 7) {
      assert.notEqual(await nameIn(file.subarray(0, at)), 'm9', `cut at ${at}`);
      const changed = Uint8Array.from(file);
      changed[at] = (changed[at] ?? 0) ^ 0x41;
      assert.notEqual(await nameIn(changed), 'm9', `changed at ${at}`);
    }
  });
});
