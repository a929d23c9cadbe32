import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Digest, toDigest, toEpoch, toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import type { Report, VoteStatement } from '#libs/protocol/vote/statement.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import { ROUNDS_TABLE } from '#test/support/protocol/rounds-table.ts';
import { CHAIN, CONTEXT } from '#test/support/signer/custody-world.ts';
import { Custodian } from '../custodian.ts';
import { type CustodyState, virginState } from '../custody-state.ts';
import { inEpoch } from '../epoch.ts';
import { learnCertified } from '../learn-certified.ts';
import { learnChoices } from '../learn-rounds.ts';
import { WINDOW_MAX } from '../limits.ts';
import { stateFault } from '../state-fault.ts';
import { DBFT_TABLE, PBFT_TABLE, PHASED_TABLE } from './rounds.ts';

const [A, B] = [toDigest('a'.repeat(64)), toDigest('b'.repeat(64))];

interface At {
  readonly instance?: bigint;
  readonly view?: bigint;
}

/** The key of member 0 in a protocol of rounds; member 0 leads every view of even number. */
class RoundsKey {
  readonly custodian: Custodian;
  readonly table: VoteTable;

  constructor(table: VoteTable, state?: CustodyState) {
    const virgin = virginState({ chain: CHAIN, protocol: table.protocol, epoch: toEpoch(0n) });
    const leader = (view: bigint) => toMemberIndex(view % 2n === 0n ? 0 : 1);
    this.table = table;
    this.custodian = new Custodian({ ...CONTEXT, table, leader }, state ?? virgin);
  }

  proposed(digest: Digest, { instance = 1n, view = 0n }: At = {}): void {
    const { facts } = this.custodian;
    facts.proposed({ kind: this.table.proposal, instance, view: toView(view), height: instance, digest });
  }

  certified(kind: string, digest: Digest, { instance = 1n, view = 0n }: At = {}): void {
    const fact = { kind, instance, view: toView(view), height: instance, digest };
    learnCertified(this.table, this.custodian.facts, fact);
  }

  ask(kind: string, about: Digest | readonly Report[], { instance = 1n, view = 0n }: At = {}): string {
    const isBlock = typeof about === 'string';
    const statement: VoteStatement = {
      ...{ kind, instance, view: toView(view), reports: isBlock ? [] : about },
      block: isBlock ? { height: toHeight(instance), digest: about } : undefined,
    };
    const { state } = this.custodian;
    const bound = { session: state.session, chain: CHAIN, epoch: toEpoch(0n) };
    const decision = this.custodian.decide({
      ...bound,
      statement,
      header: undefined,
      justifyView: undefined,
    });
    if (decision.kind === 'sign') this.custodian.commit(decision);
    assert.equal(stateFault(this.custodian.state), undefined);
    return decision.kind === 'refuse' ? decision.reason : decision.kind;
  }

  /** Members 1 to 3 gave the view before up. */
  left(kind: string, reports: readonly Report[], { instance = 1n, view = 1n }: At = {}): boolean {
    return learnChoices(
      this.custodian,
      [1, 2, 3].map((member) => ({
        member: toMemberIndex(member),
        statement: { kind, instance, view: toView(view - 1n), block: undefined, reports },
      })),
    );
  }
}

const report = (digest: Digest, { instance = 1n, view = 0n }: At = {}): Report => ({
  ...{ instance, view: toView(view), digest },
});

for (const [table, { vote, second, leave }] of [
  [PBFT_TABLE, { vote: 'prepare', second: 'commit', leave: 'view-change' }],
  [DBFT_TABLE, { vote: 'prepare-response', second: 'pre-commit', leave: 'change-view' }],
  [PHASED_TABLE, { vote: 'approve', second: 'finalize', leave: 'round-change' }],
] as const) {
  describe(`the rules of ${table.protocol} (libs/custody/README.md 3.4)`, () => {
    test('a vote needs the proposal of its leader, and is given once in a view', () => {
      const key = new RoundsKey(table);
      assert.equal(key.ask(vote, A, { view: 1n }), 'PROPOSAL_UNKNOWN');
      assert.equal(key.ask(vote, A), 'PROPOSAL_UNKNOWN');
      assert.equal(key.ask(table.proposal, A), 'sign');
      assert.equal(key.ask(table.proposal, B), 'CONFLICTING_SLOT');
      assert.equal(key.ask(vote, A), 'sign');
      key.proposed(B);
      assert.equal(key.ask(vote, B), 'CONFLICTING_SLOT');
      assert.equal(key.ask(vote, A), 'repeat');
    });

    test('only the leader proposes', () => {
      const key = new RoundsKey(table);
      assert.ok(key.left(leave, []));
      assert.equal(key.ask(table.proposal, A, { view: 1n }), 'NOT_LEADER');
    });

    test('the next step needs the certificate of this very block, view and instance', () => {
      const key = new RoundsKey(table);
      key.certified(vote, B);
      key.certified(vote, A, { view: 1n });
      key.certified(vote, A, { instance: 2n });
      assert.equal(key.ask(second, A), 'CERT_UNKNOWN');
      key.certified(vote, A);
      assert.equal(key.ask(second, A), 'sign');
    });

    test('a later view begins with what the reports of a quorum leave open, and with nothing before them', () => {
      const key = new RoundsKey(table);
      for (const digest of [A, B]) key.proposed(digest, { view: 1n });
      assert.equal(key.ask(vote, A, { view: 1n }), 'CERT_UNKNOWN');
      key.certified(vote, A);
      assert.ok(key.left(leave, [report(A)]));
      assert.equal(key.ask(vote, B, { view: 1n }), 'UNSAFE_BRANCH');
      assert.equal(key.ask(vote, A, { view: 1n }), 'sign');
    });

    test('whoever leaves a view hides nothing, reports nothing that is not proved, and votes there no more', () => {
      const key = new RoundsKey(table);
      key.certified(vote, A);
      assert.equal(key.ask(second, A), 'sign');
      assert.equal(key.ask(leave, []), 'UNSAFE_REPORT');
      assert.equal(key.ask(leave, [report(B)]), 'CERT_UNKNOWN');
      assert.equal(key.ask(leave, [report(A, { view: 1n })]), 'UNSAFE_REPORT');
      assert.equal(key.ask(leave, [report(A)]), 'sign');
      assert.equal(key.ask(leave, [report(A)]), 'repeat');
      key.proposed(A);
      assert.equal(key.ask(vote, A), 'STALE_SLOT');
    });

    test('an instance far ahead is not begun, and none before the first', () => {
      const key = new RoundsKey(table);
      const last = table.instances === 'window' ? WINDOW_MAX : 1n;
      for (const instance of [0n, last, last + 1n]) key.proposed(A, { instance });
      assert.equal(key.ask(vote, A, { instance: last + 1n }), 'VIEW_JUMP');
      assert.equal(key.ask(vote, A, { instance: last }), 'sign');
      assert.equal(key.ask(vote, A, { instance: 0n }), 'STALE_SLOT');
    });
  });
}

describe('PBFT', () => {
  test('several numbers are open at one time, and whoever leaves a view leaves it for all', () => {
    const key = new RoundsKey(PBFT_TABLE);
    for (const instance of [3n, 1n, 2n]) {
      key.certified('prepare', A, { instance });
      assert.equal(key.ask('commit', A, { instance }), 'sign');
    }
    const reports = [1n, 2n, 3n].map((instance) => report(A, { instance }));
    assert.equal(key.ask('view-change', reports.slice(1)), 'UNSAFE_REPORT');
    assert.equal(key.ask('view-change', reports), 'sign');
    key.proposed(A, { instance: 4n });
    assert.equal(key.ask('prepare', A, { instance: 4n }), 'STALE_SLOT');
  });

  test('a CHECKPOINT needs what decided its number, is of no view, and is signed once', () => {
    const key = new RoundsKey(PBFT_TABLE);
    assert.equal(key.ask('checkpoint', A), 'CERT_UNKNOWN');
    key.certified('commit', A, { view: 3n });
    assert.equal(key.ask('checkpoint', A, { view: 3n }), 'WRONG_KIND');
    assert.equal(key.ask('checkpoint', A), 'sign');
    key.certified('commit', B, { view: 4n });
    assert.equal(key.ask('checkpoint', B), 'CONFLICTING_SLOT');
    assert.equal(key.custodian.state.openFrom, 1n);
  });

  test('a CHECKPOINT is signed whatever view its key has come to: it is of none', () => {
    const key = new RoundsKey(PBFT_TABLE);
    key.certified('commit', A);
    assert.equal(key.ask('view-change', []), 'sign');
    assert.equal(key.ask('checkpoint', A), 'sign');
  });

  test('the checkpoints of a quorum close its numbers, durably with the next signature', () => {
    const key = new RoundsKey(PBFT_TABLE);
    key.certified('prepare', A);
    key.ask('commit', A);
    key.certified('commit', A);
    key.certified('checkpoint', A);
    key.proposed(A);
    assert.equal(key.ask('prepare', A, { view: 0n }), 'STALE_SLOT');
    assert.equal(key.ask('checkpoint', A), 'STALE_SLOT');
    assert.equal(key.ask('view-change', [], { instance: 1n }), 'UNSAFE_REPORT');
    assert.equal(key.ask('view-change', [], { instance: 3n }), 'CERT_UNKNOWN');
    assert.equal(key.ask('view-change', [], { instance: 2n }), 'sign');
    const { openFrom, high, viewFrom } = key.custodian.state;
    assert.deepEqual([openFrom, high.size, viewFrom], [2n, 0, 1n]);
    const restarted = new RoundsKey(PBFT_TABLE, key.custodian.state);
    restarted.proposed(A);
    assert.equal(restarted.ask('prepare', A, { view: 0n }), 'STALE_SLOT');
    restarted.proposed(A, { instance: 2n + WINDOW_MAX, view: 0n });
    assert.equal(restarted.ask('view-change', [], { instance: 1n, view: 1n }), 'UNSAFE_REPORT');
  });

  test('one VIEW-CHANGE of a view, whatever checkpoint it names', () => {
    const key = new RoundsKey(PBFT_TABLE);
    assert.equal(key.ask('view-change', []), 'sign');
    key.certified('checkpoint', A);
    assert.equal(key.ask('view-change', [], { instance: 2n }), 'CONFLICTING_SLOT');
  });
});

describe('dBFT', () => {
  test('one COMMIT for a height, ever, and no change of view after it (neo-modules 780)', () => {
    const key = new RoundsKey(DBFT_TABLE);
    key.certified('pre-commit', A);
    assert.equal(key.ask('commit', A), 'sign');
    key.certified('pre-commit', B, { view: 1n });
    assert.equal(key.ask('commit', B, { view: 1n }), 'CONFLICTING_SLOT');
    assert.equal(key.ask('change-view', []), 'STALE_SLOT');
    assert.equal(key.ask('commit', A), 'repeat');
    const restarted = new RoundsKey(DBFT_TABLE, key.custodian.state);
    assert.equal(restarted.ask('change-view', []), 'STALE_SLOT');
  });

  test('a height begins when the one before is decided, and that one is over then', () => {
    const key = new RoundsKey(DBFT_TABLE);
    key.proposed(A, { instance: 2n });
    assert.equal(key.ask('prepare-response', A, { instance: 2n }), 'VIEW_JUMP');
    key.certified('commit', A);
    assert.equal(key.ask('prepare-response', A, { instance: 2n }), 'sign');
    key.proposed(A);
    assert.equal(key.ask('prepare-response', A), 'STALE_SLOT');
  });
});

describe('kinds that exclude each other', () => {
  for (const [first, second] of [
    ['prepare', 'reject'],
    ['reject', 'prepare'],
  ] as const) {
    test(`have one slot of a key: ${second} is refused after ${first}, in that view and in no other`, () => {
      const key = new RoundsKey(ROUNDS_TABLE);
      key.proposed(A);
      assert.equal(key.ask(first, A), 'sign');
      assert.equal(key.ask(second, A), 'CONFLICTING_SLOT');
      assert.equal(key.ask(first, A), 'repeat');
      key.custodian.facts.chosen(1n, toView(1n), { from: 1n, only: new Map() });
      key.proposed(A, { view: 1n });
      assert.equal(key.ask(second, A, { view: 1n }), 'sign');
    });
  }
});

for (const [table, vote, leave] of [
  [DBFT_TABLE, 'prepare-response', 'change-view'],
  [PHASED_TABLE, 'approve', 'round-change'],
] as const) {
  describe(`heights of ${table.protocol}, each on its own`, () => {
    test('whoever leaves a view reports one certificate at most, and of its own height', () => {
      const key = new RoundsKey(table);
      for (const instance of [1n, 2n]) {
        for (const view of [0n, 1n]) key.certified(vote, A, { instance, view });
      }
      const both = [report(A), report(A, { view: 1n })];
      assert.equal(key.ask(leave, both, { view: 1n }), 'UNSAFE_REPORT');
      assert.equal(key.ask(leave, [report(A, { instance: 2n })], { view: 1n }), 'UNSAFE_REPORT');
      assert.equal(key.ask(leave, [...both].slice(1), { view: 1n }), 'sign');
    });

    test('begin with the first view also after an epoch whose last block was decided in a later one', () => {
      const before = virginState({ chain: CHAIN, protocol: table.protocol, epoch: toEpoch(0n) });
      const root = { view: toView(3n), height: toHeight(0n), digest: A };
      const key = new RoundsKey(table, {
        ...inEpoch(before, { epoch: toEpoch(1n), root, table }),
        epoch: toEpoch(0n),
      });
      key.proposed(A);
      assert.equal(key.ask(vote, A), 'sign');
    });
  });
}
