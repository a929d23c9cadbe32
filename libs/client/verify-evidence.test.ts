import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toEpoch } from '#libs/chain/ids.ts';
import { evidenceOf } from '#libs/protocol/evidence.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import { encodeEvidence } from '#libs/protocols/evidence-codec.ts';
import { said, spoke } from '#test/support/chain/claims.ts';
import { CHAIN, FOUNDERS, signatureOf, TRUST } from '#test/support/chain/handovers.ts';
import { ROUNDS_TABLE } from '#test/support/protocol/rounds-table.ts';
import { roundsLie } from '#test/support/protocol/rounds-votes.ts';
import { verifyEvidence } from './verify-evidence.ts';

const LIAR = 2;
const EPOCH = toEpoch(0n);
const ROUNDS_TRUST = { ...TRUST, votes: ROUNDS_TABLE };

/** The signature of the liar under a statement of a protocol. */
function signing({ protocol, bytes }: VoteTable) {
  const { publicKey } = FOUNDERS[LIAR] ?? assert.fail();
  return (statement: VoteStatement) =>
    signatureOf(publicKey, bytes({ chain: CHAIN, protocol, epoch: EPOCH }, statement));
}

async function faultIn(content: Uint8Array, trust = TRUST): Promise<string> {
  const verdict = await verifyEvidence(content, trust);
  return verdict.ok ? '' : verdict.fault;
}

describe('evidence, for a client of a chain of rounds', () => {
  const lie = roundsLie({ member: LIAR, sign: signing(ROUNDS_TABLE) });
  const content = encodeEvidence(lie, CHAIN);

  test('BYZ-27: proves two votes of one height and view', async () => {
    assert.deepEqual(await verifyEvidence(content, ROUNDS_TRUST), { ok: true, evidence: lie });
  });

  test('BYZ-27: proves nothing with the signatures of another height', async () => {
    const { first, second } = roundsLie({ member: LIAR, instance: 6n, sign: signing(ROUNDS_TABLE) });
    const moved = {
      ...lie,
      first: { ...lie.first, signature: first.signature },
      second: { ...lie.second, signature: second.signature },
    };
    assert.match(await faultIn(encodeEvidence(moved, CHAIN), ROUNDS_TRUST), /does not hold/);
  });

  test('BYZ-27: proves nothing on a chain of another protocol', async () => {
    assert.match(await faultIn(content), /protocol that is not known/);
  });

  test('BYZ-27: proves nothing when it is of HotStuff, true as it is there', async () => {
    const [one, other] = ['a', 'b'].map((letter) => {
      const statement = spoke('prepare', 3, letter);
      return said(LIAR, statement, signing(HOTSTUFF_TABLE)(statement));
    });
    assert.ok(one !== undefined && other !== undefined);
    const old = encodeEvidence(evidenceOf(one, other, EPOCH, HOTSTUFF_TABLE) ?? assert.fail(), CHAIN);
    assert.equal(await faultIn(old), '');
    assert.match(await faultIn(old, ROUNDS_TRUST), /another protocol/);
  });
});
