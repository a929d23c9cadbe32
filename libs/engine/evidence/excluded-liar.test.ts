import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toEpoch, toHeight, toView } from '#libs/chain/ids.ts';
import { isFor } from '#libs/chain/system-transactions.ts';
import { evidenceOf } from '#libs/protocol/evidence.ts';
import { EXCLUSION_PARAMETER } from '#libs/protocol/exclusion-words.ts';
import { PBFT_TABLE } from '#libs/protocol/pbft/vote-table.ts';
import { encodeEvidence } from '#libs/protocols/evidence-codec.ts';
import { hostedPbft } from '#libs/simulation/pbft/nodes/hosted-pbft.ts';
import { blockNamed, said } from '#test/support/chain/claims.ts';
import { EpochFederation } from '#test/support/engine/epoch-federation.ts';

const LIAR = 4;
const EPOCH = toEpoch(0n);

/** Five nodes that run PBFT, whose terms say so much of evidence; all checkers watch them. */
function fiveWith(excludes: 0 | 1): EpochFederation {
  const subject = { ...hostedPbft(), parameters: { [EXCLUSION_PARAMETER]: excludes } };
  return new EpochFederation({ members: 5, subject });
}

/** Two votes of the liar for one step of one view, truly signed, given to one node by another. */
function accuse(federation: EpochFederation): void {
  const [first = assert.fail(), second = assert.fail()] = ['a', 'b'].map((letter) => {
    const block = { height: toHeight(1n), digest: blockNamed(letter) };
    const statement = { kind: 'prepare', instance: 1n, view: toView(0n), block, reports: [] };
    return said(LIAR, statement, federation.signatureOf(LIAR, EPOCH, statement));
  });
  const evidence = evidenceOf(first, second, EPOCH, PBFT_TABLE) ?? assert.fail();
  const { membership, node } = federation.node(0);
  const from = membership.set.members[1]?.index ?? assert.fail();
  node.hear(from, {
    ok: true,
    body: { kind: 'evidence', content: encodeEvidence(evidence, membership.chain) },
  });
}

/** The invariants that were broken, but for the one against false evidence: the test itself signed with the key of a node that is honest. */
const broken = ({ violations }: EpochFederation) => violations.filter(({ invariant }) => invariant !== 'L7');

describe('a member that is proved a liar', () => {
  test('TW-2.8.6 leaves everywhere two heights after its evidence, where the terms say so, and the others go on', () => {
    const federation = fiveWith(1);
    accuse(federation);
    federation.until('the second epoch', () =>
      federation.up.every(({ membership }) => membership.epoch === 1n),
    );
    for (const { membership, chain } of federation.up) {
      assert.deepEqual(
        membership.roster.map(({ name }) => name),
        ['node-0', 'node-1', 'node-2', 'node-3'],
      );
      const at = chain.final.findIndex(({ transactions }) =>
        transactions.some((each) => isFor('evidence', each)),
      );
      assert.equal(membership.root.height, (chain.final[at]?.header.height ?? 0n) + 1n);
    }
    federation.submit(federation.node(0), 'goes on');
    federation.until('a block without the liar', () =>
      federation.up.every(({ chain }) => chain.tip().header.epoch === 1n),
    );
    assert.deepEqual(broken(federation), []);
  });

  test('stays where they do not', () => {
    const federation = fiveWith(0);
    accuse(federation);
    federation.until('its evidence in a block', () =>
      federation.up.every(({ chain }) =>
        chain.final.some(({ transactions }) => transactions.some((each) => isFor('evidence', each))),
      ),
    );
    federation.pass(30_000);
    for (const { membership } of federation.up)
      assert.deepEqual([membership.epoch, membership.roster.length], [0n, 5]);
    assert.deepEqual(broken(federation), []);
  });
});
