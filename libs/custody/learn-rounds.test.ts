import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Digest, toDigest, toEpoch, toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import { DBFT_TABLE } from '#libs/protocol/dbft/vote-table.ts';
import type { LeaveCertificate } from '#libs/protocol/leave-certificate.ts';
import { PBFT_TABLE } from '#libs/protocol/pbft/vote-table.ts';
import type { Report, VoteStatement } from '#libs/protocol/vote/statement.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import { CHAIN, CONTEXT } from '#test/support/signer/custody-world.ts';
import { Custodian } from './custodian.ts';
import { virginState } from './custody-state.ts';
import { learnCertified } from './learn-certified.ts';
import { learnableLeave } from './learn-grounds.ts';
import { type Leave, learnChoices } from './learn-rounds.ts';
import { PHASED_TABLE } from './tables/rounds.ts';

const [A, B, C] = [toDigest('a'.repeat(64)), toDigest('b'.repeat(64)), toDigest('c'.repeat(64))];
const ASKING = {
  ...{ session: 0n, chain: CHAIN, epoch: toEpoch(0n) },
  ...{ header: undefined, justifyView: undefined },
};

function custodianOf(table: VoteTable): Custodian {
  const state = virginState({ chain: CHAIN, protocol: table.protocol, epoch: toEpoch(0n) });
  const custodian = new Custodian({ ...CONTEXT, table }, state);
  for (const [view, digest] of [
    [0n, A],
    [1n, B],
  ] as const) {
    const fact = { kind: table.prepared, instance: 1n, view: toView(view), height: 1n, digest };
    learnCertified(table, custodian.facts, fact);
  }
  return custodian;
}

const report = (view: bigint, digest = A, instance = 1n): Report => ({
  instance,
  view: toView(view),
  digest,
});

function leaves(
  kind: string,
  reports: readonly (readonly Report[])[],
  part: Partial<VoteStatement> = {},
): Leave[] {
  return reports.map((own, member) => ({
    member: toMemberIndex(member),
    statement: { kind, instance: 1n, view: toView(1n), block: undefined, reports: own, ...part },
  }));
}

describe('what a view may begin with, from the reports of a quorum (libs/custody/README.md 3.4)', () => {
  for (const [table, kind] of [
    [PBFT_TABLE, 'view-change'],
    [DBFT_TABLE, 'change-view'],
    [PHASED_TABLE, 'round-change'],
  ] as const) {
    test(`${table.protocol}: any block where none was reported, else the one of the highest view`, () => {
      const open = custodianOf(table);
      assert.ok(learnChoices(open, leaves(kind, [[], [], []])));
      assert.deepEqual(open.facts.choice(1n, toView(2n)), { only: undefined });
      const custodian = custodianOf(table);
      assert.ok(learnChoices(custodian, leaves(kind, [[report(0n)], [report(1n, B)], [report(0n)]])));
      assert.deepEqual(custodian.facts.choice(1n, toView(2n)), { only: [B] });
      assert.equal(custodian.facts.choice(1n, toView(1n)), undefined);
      assert.equal(custodian.facts.provenIn(1n), 2n);
    });

    test(`${table.protocol}: nothing is learned from fewer than a quorum, or from what is not all of one view`, () => {
      const custodian = custodianOf(table);
      const good = leaves(kind, [[], [], []]);
      const [first, second, third] = good;
      assert.ok(first && second && third);
      const other = leaves(kind, [[]], { view: toView(0n) }).map(({ statement }) => ({
        ...third,
        statement,
      }));
      for (const bad of [
        [],
        [first, second],
        [first, second, second],
        [first, second, ...other],
        leaves(table.prepared, [[], [], []]),
        leaves(kind, [[], [], [report(0n, B)]]),
        leaves(kind, [[], [], [report(2n)]]),
      ]) {
        assert.equal(learnChoices(custodian, bad), false);
        assert.equal(custodian.facts.choice(1n, toView(2n)), undefined);
      }
      assert.ok(learnChoices(custodian, good));
    });
  }

  test('a lower report needs no certificate, wherever it stands, for it changes no choice; of the highest view the certified one counts', () => {
    const judged = (...reports: readonly Report[]) => {
      const custodian = custodianOf(DBFT_TABLE);
      const isLearned = learnChoices(
        custodian,
        leaves(
          'change-view',
          reports.map((each) => [each]),
        ),
      );
      return isLearned ? custodian.facts.choice(1n, toView(2n))?.only?.[0] : false;
    };
    const unproved = report(0n, B);
    assert.equal(judged(report(1n, B), unproved, report(0n)), B);
    assert.equal(judged(unproved, report(0n), report(1n, B)), B);
    assert.equal(judged(unproved, report(0n), report(0n)), A);
    assert.equal(judged(report(0n), report(0n), unproved), A);
    assert.equal(judged(unproved, unproved, unproved), false);
    assert.equal(judged(report(1n, B), report(1n, A), report(0n)), B);
    assert.equal(judged(report(1n, A), report(1n, B), report(0n)), B);
    assert.equal(judged(report(1n, A), unproved, report(0n)), false);
  });

  test('a report of a view above the one that was given up teaches nothing, certified or not', () => {
    const custodian = custodianOf(PHASED_TABLE);
    const early = leaves('round-change', [[report(1n, B)], [], []], { view: toView(0n) });
    assert.equal(learnChoices(custodian, early), false);
  });

  test('of one height alone where heights are left one by one', () => {
    const custodian = custodianOf(PHASED_TABLE);
    const [first, second] = leaves('round-change', [[], []]);
    const [other] = leaves('round-change', [[]], { instance: 2n });
    assert.ok(first && second && other);
    const third = { ...other, member: toMemberIndex(2) };
    assert.equal(learnChoices(custodian, [first, second, third]), false);
    assert.ok(learnChoices(custodian, leaves('round-change', [[], [], []])));
    assert.equal(custodian.facts.choice(2n, toView(2n)), undefined);
  });
});

describe('a leave certificate of rounds', () => {
  const shareOf = (member: number, reports: readonly Report[] = []) => ({
    ...{ member: toMemberIndex(member), signature: Uint8Array.of(member), reports },
  });
  const prepared = {
    ...{ kind: 'prepare-response', instance: 1n, view: toView(1n), height: toHeight(1n), digest: B },
    signatures: [0, 1, 2].map((member) => ({ member: toMemberIndex(member), signature: Uint8Array.of(9) })),
  };
  const plain = { kind: 'change-view', instance: 1n, view: toView(1n) };
  const fresh = () => {
    const state = virginState({ chain: CHAIN, protocol: DBFT_TABLE.protocol, epoch: toEpoch(0n) });
    return new Custodian({ ...CONTEXT, table: DBFT_TABLE }, state);
  };

  test('teaches the one choice that it leaves, with the certificate in it, and costs nothing the second time', () => {
    const custodian = fresh();
    const shares = [shareOf(0, [report(1n, B)]), shareOf(1, [report(0n)]), shareOf(2)];
    const certificate = { ...plain, shares, high: prepared };
    const learnable = learnableLeave(custodian, certificate);
    assert.ok(learnable);
    assert.equal(learnable.claims.length, 6, 'three shares, and three votes of the certificate');
    assert.equal(custodian.facts.choice(1n, toView(2n)), undefined, 'nothing before all is verified');
    learnable.learn();
    assert.deepEqual(custodian.facts.choice(1n, toView(2n)), { only: [B] });
    assert.deepEqual(learnableLeave(custodian, certificate)?.claims, []);
  });

  test('of another quorum, which leaves another block, leaves that one open too: any quorum shows what may be decided', () => {
    const lower = { ...prepared, view: toView(0n), digest: A };
    const high = {
      ...{ ...plain, high: prepared },
      shares: [shareOf(0, [report(1n, B)]), shareOf(1), shareOf(2)],
    };
    const low = { ...plain, high: lower, shares: [shareOf(1, [report(0n)]), shareOf(2), shareOf(3)] };
    const none = { ...plain, high: undefined, shares: [1, 2, 3].map((each) => shareOf(each)) };
    const isOpen = (shown: readonly LeaveCertificate[]) => {
      const custodian = fresh();
      for (const each of shown) learnableLeave(custodian, each)?.learn();
      const vote = (digest: Digest) => {
        const block = { height: toHeight(1n), digest };
        const statement = { kind: 'prepare-response', instance: 1n, view: toView(2n), block, reports: [] };
        custodian.facts.proposed({ ...statement, ...block, kind: 'prepare-request' });
        return custodian.decide({ ...ASKING, statement }).kind === 'sign';
      };
      return [vote(A), vote(B), vote(C)];
    };
    assert.deepEqual(isOpen([]), [false, false, false]);
    assert.deepEqual(isOpen([high]), [false, true, false]);
    assert.deepEqual(isOpen([high, low]), [true, true, false]);
    assert.deepEqual(isOpen([low, high]), [true, true, false]);
    assert.deepEqual(isOpen([high, none]), [true, true, true]);
    assert.deepEqual(isOpen([none, high]), [true, true, true]);
  });

  test('of another quorum is verified as long as it may leave another block', () => {
    const custodian = fresh();
    const claimsOf = (certificate: LeaveCertificate) => learnableLeave(custodian, certificate)?.claims.length;
    const high = {
      ...{ ...plain, high: prepared },
      shares: [shareOf(0, [report(1n, B)]), shareOf(1), shareOf(2)],
    };
    const none = { ...plain, high: undefined, shares: [1, 2, 3].map((each) => shareOf(each)) };
    learnableLeave(custodian, high)?.learn();
    assert.deepEqual([claimsOf(high), claimsOf(none)], [0, 3]);
    learnableLeave(custodian, none)?.learn();
    assert.deepEqual([claimsOf(high), claimsOf(none)], [0, 0]);
  });

  test('without a report leaves every block open', () => {
    const custodian = fresh();
    learnableLeave(custodian, {
      ...plain,
      shares: [0, 1, 2].map((each) => shareOf(each)),
      high: undefined,
    })?.learn();
    assert.deepEqual(custodian.facts.choice(1n, toView(2n)), { only: undefined });
    assert.equal(custodian.facts.provenIn(1n), 2n);
  });

  test('teaches nothing with a certificate of another view than the highest, or of one that nobody reported', () => {
    for (const [shares, high] of [
      [[shareOf(0, [report(1n, B)]), shareOf(1), shareOf(2)], undefined],
      [[shareOf(0, [report(1n, A)]), shareOf(1), shareOf(2)], prepared],
      [[shareOf(0, [report(0n)]), shareOf(1), shareOf(2)], prepared],
      [[shareOf(0), shareOf(1)], undefined],
      [[shareOf(0, [report(1n, B, 2n)]), shareOf(1), shareOf(2)], prepared],
    ] as const) {
      assert.equal(learnableLeave(fresh(), { ...plain, shares, high }), undefined);
    }
  });
});

describe('what a certificate closes', () => {
  test('is the height that it decides; a prepared one closes nothing', () => {
    const closedBy = (table: VoteTable, kind: string) => {
      const { facts } = custodianOf(table);
      learnCertified(table, facts, { kind, instance: 4n, view: toView(0n), height: 4n, digest: A });
      return facts.openFrom;
    };
    assert.deepEqual([closedBy(PBFT_TABLE, 'commit'), closedBy(PBFT_TABLE, 'prepare')], [5n, 0n]);
    assert.deepEqual([closedBy(DBFT_TABLE, 'commit'), closedBy(DBFT_TABLE, 'pre-commit')], [5n, 0n]);
    assert.deepEqual([closedBy(PHASED_TABLE, 'finalize'), closedBy(PHASED_TABLE, 'approve')], [5n, 0n]);
  });

  test('and never opens again what a later one closed', () => {
    const { facts } = custodianOf(PBFT_TABLE);
    facts.settled(4n);
    facts.settled(2n);
    assert.equal(facts.openFrom, 5n);
    facts.settled(5n);
    assert.equal(facts.openFrom, 6n);
  });
});
