import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toEpoch, toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import { blockNamed } from '#test/support/chain/claims.ts';
import type { QuorumCertificate } from './certificate.ts';
import { HOTSTUFF_TABLE } from './hotstuff/vote-table.ts';
import { PBFT_TABLE } from './pbft/vote-table.ts';
import { validatorSet } from './validator-set.ts';
import { type HeldStatements, viewTally } from './view-tally.ts';

/** Four members that weigh 1, 2, 3 and 4: seven decide. */
const SET = validatorSet(
  toEpoch(0n),
  [1n, 2n, 3n, 4n].map((weight, at) => ({ name: `m${at}`, publicKey: Uint8Array.of(at), weight })),
);
const NOTHING: HeldStatements = { isProposed: false, votesOf: () => [], certificates: [], leaving: [] };
const HEIGHT = toHeight(5n);
const ALL = [0, 1, 2, 3].map(toMemberIndex);

/** Votes of members, each for the block of the letter beside it. */
const votes = (...said: readonly (readonly [member: number, block: string])[]) =>
  said.map(([member, block]) => ({
    member: toMemberIndex(member),
    height: HEIGHT,
    digest: blockNamed(block),
  }));

function certificateOf(kind: string, block: string, signers: readonly number[]): QuorumCertificate {
  const place = { instance: HEIGHT, view: toView(0n), height: HEIGHT, digest: blockNamed(block) };
  const signatures = signers.map((member) => ({
    member: toMemberIndex(member),
    signature: new Uint8Array(),
  }));
  return { kind, ...place, signatures };
}

describe('TW-2.9.4 the counts of a view', () => {
  for (const [table, names] of [
    [PBFT_TABLE, ['prepare', 'commit']],
    [HOTSTUFF_TABLE, ['prepare', 'pre-commit', 'commit']],
  ] as const) {
    test(`have the steps of the table in the order of a view, each with nothing at first: ${table.protocol}`, () => {
      const { steps, neededWeight, leaving } = viewTally({ set: SET, table }, NOTHING);
      assert.deepEqual(
        steps,
        names.map((kind) => ({ kind, members: 0, weight: 0n, blockWeight: 0n, voters: [] })),
      );
      assert.deepEqual([neededWeight, leaving], [7n, { members: 0, weight: 0n }]);
    });
  }

  test('take the order from the steps of the table, and not from where a kind stands in it', () => {
    const kinds = Object.fromEntries(Object.entries(HOTSTUFF_TABLE.kinds).toReversed());
    const { steps } = viewTally({ set: SET, table: { ...HOTSTUFF_TABLE, kinds } }, NOTHING);
    assert.deepEqual(
      steps.map(({ kind }) => kind),
      ['prepare', 'pre-commit', 'commit'],
    );
  });

  test('count members and their weight, and of split votes the most that are for one block', () => {
    const held = votes([0, 'a'], [1, 'b'], [2, 'a'], [3, 'c']);
    const votesOf = (kind: string) => (kind === 'prepare' ? held : []);
    const { steps } = viewTally({ set: SET, table: PBFT_TABLE }, { ...NOTHING, votesOf });
    assert.deepEqual(steps, [
      { kind: 'prepare', members: 4, weight: 10n, blockWeight: 4n, voters: ALL },
      { kind: 'commit', members: 0, weight: 0n, blockWeight: 0n, voters: [] },
    ]);
  });

  test('count the signers of a certificate of that step, and none twice who is held alone too', () => {
    const certificates = [certificateOf('prepare', 'a', [1, 2, 3])];
    const votesOf = (kind: string) => (kind === 'prepare' ? votes([0, 'a'], [3, 'a']) : []);
    const { steps } = viewTally({ set: SET, table: PBFT_TABLE }, { ...NOTHING, votesOf, certificates });
    assert.deepEqual(steps, [
      { kind: 'prepare', members: 4, weight: 10n, blockWeight: 10n, voters: ALL },
      { kind: 'commit', members: 0, weight: 0n, blockWeight: 0n, voters: [] },
    ]);
  });

  test('count the members that leave, each once', () => {
    const leaving = [3, 1, 3].map(toMemberIndex);
    const tally = viewTally({ set: SET, table: PBFT_TABLE }, { ...NOTHING, leaving, isProposed: true });
    assert.deepEqual([tally.leaving, tally.isProposed], [{ members: 2, weight: 6n }, true]);
  });
});
