import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type BlockHeader, headerDigest, NO_PROPOSER } from '#libs/chain/block.ts';
import { type Digest, toDigest, toEpoch, toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import { DBFT_TABLE } from '#libs/protocol/dbft/vote-table.ts';
import { afterLast } from '#libs/protocol/leader/after-last.ts';
import { PBFT_TABLE } from '#libs/protocol/pbft/vote-table.ts';
import type { Report, VoteStatement } from '#libs/protocol/vote/statement.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import { blockOn, GENESIS } from '#test/support/hotstuff/hotstuff-harness.ts';
import { ROUNDS_TABLE } from '#test/support/protocol/rounds-table.ts';
import { CHAIN, CONTEXT } from '#test/support/signer/custody-world.ts';
import { Custodian } from '../custodian.ts';
import type { CustodyContext } from '../custody-context.ts';
import { type CustodyState, virginState } from '../custody-state.ts';
import { inEpoch } from '../epoch.ts';
import { learnCertified } from '../learn-certified.ts';
import { learnableOpening, learnableProposal } from '../learn-grounds.ts';
import { learnChoices } from '../learn-rounds.ts';
import { recoveredState } from '../recovery.ts';
import { withMode } from '../session.ts';
import { stateFault } from '../state-fault.ts';
import { PHASED_TABLE } from './rounds.ts';

const [A, B] = [toDigest('a'.repeat(64)), toDigest('b'.repeat(64))];

interface At {
  readonly instance?: bigint;
  readonly view?: bigint;
}

/** The key of member 0 in a protocol of rounds; member 0 leads every view of even number. */
class RoundsKey {
  readonly custodian: Custodian;
  readonly table: VoteTable;

  constructor(table: VoteTable, state?: CustodyState, change: Partial<CustodyContext> = {}) {
    const virgin = virginState({ chain: CHAIN, protocol: table.protocol, epoch: toEpoch(0n) });
    const leader = (view: bigint) => toMemberIndex(view % 2n === 0n ? 0 : 1);
    this.table = table;
    this.custodian = new Custodian({ ...CONTEXT, table, leader, ...change }, state ?? virgin);
  }

  proposed(digest: Digest, { instance = 1n, view = 0n }: At = {}): void {
    const { facts } = this.custodian;
    facts.proposed({ kind: this.table.proposal, instance, view: toView(view), height: instance, digest });
  }

  certified(kind: string, digest: Digest, { instance = 1n, view = 0n }: At = {}): void {
    const fact = { kind, instance, view: toView(view), height: instance, digest };
    learnCertified(this.table, this.custodian.facts, fact);
  }

  ask(
    kind: string,
    about: Digest | readonly Report[],
    { instance = 1n, view = 0n }: At = {},
    header?: BlockHeader,
  ): string {
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
      header,
      justifyView: undefined,
    });
    if (decision.kind === 'sign') this.custodian.commit(decision);
    assert.equal(stateFault(this.custodian.state), undefined);
    return decision.kind === 'refuse' ? decision.reason : decision.kind;
  }

  /** The instance is decided, which is learned. */
  decided(digest: Digest, at: At = {}): void {
    this.certified(this.table.decides, digest, at);
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

    test('a key that leaves a view hides nothing, reports nothing that is not proved, and votes there no more', () => {
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
      for (const instance of [0n, 1n, 2n]) key.proposed(A, { instance });
      assert.equal(key.ask(vote, A, { instance: 2n }), 'VIEW_JUMP');
      assert.equal(key.ask(vote, A), 'sign');
      assert.equal(key.ask(vote, A, { instance: 0n }), 'STALE_SLOT');
    });
  });
}

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
      key.custodian.facts.chosen({ instance: 1n, view: toView(1n) }, { only: undefined });
      key.proposed(A, { view: 1n });
      assert.equal(key.ask(second, A, { view: 1n }), 'sign');
    });
  }
});

for (const [table, vote, second, leave] of [
  [PBFT_TABLE, 'prepare', 'commit', 'view-change'],
  [DBFT_TABLE, 'prepare-response', 'pre-commit', 'change-view'],
  [PHASED_TABLE, 'approve', 'finalize', 'round-change'],
] as const) {
  describe(`heights of ${table.protocol}, each on its own`, () => {
    test('a key that leaves a view reports one certificate at most, and of its own height', () => {
      const key = new RoundsKey(table);
      for (const instance of [1n, 2n]) {
        for (const view of [0n, 1n]) key.certified(vote, A, { instance, view });
      }
      const both = [report(A), report(A, { view: 1n })];
      assert.equal(key.ask(leave, both, { view: 1n }), 'UNSAFE_REPORT');
      assert.equal(key.ask(leave, [report(A, { instance: 2n })], { view: 1n }), 'UNSAFE_REPORT');
      assert.equal(key.ask(leave, [...both].slice(1), { view: 1n }), 'sign');
    });

    test('begin with view 0 after the decision of the one before, however many views that was left in, and close it', () => {
      const key = new RoundsKey(table);
      assert.equal(key.ask(leave, [], { view: 3n }), 'sign');
      key.proposed(A, { instance: 2n });
      assert.equal(key.ask(vote, A, { instance: 2n }), 'VIEW_JUMP');
      key.decided(A, { view: 4n });
      assert.equal(key.ask(vote, A, { instance: 2n }), 'sign');
      key.proposed(A, { view: 4n });
      assert.equal(key.ask(vote, A, { view: 4n }), 'STALE_SLOT');
      const { openFrom, proven, marks } = key.custodian.state;
      assert.deepEqual([openFrom, proven, [...marks.keys()]], [2n, 0n, [2n]]);
      const restarted = new RoundsKey(table, key.custodian.state);
      assert.equal(restarted.ask(leave, [], { view: 5n }), 'STALE_SLOT');
    });

    test('have jump bounds of their own: views of one prove nothing of the next', () => {
      const key = new RoundsKey(table);
      key.certified(vote, A, { view: 20n });
      const { viewJumpMax } = table;
      assert.equal(key.ask(leave, [], { view: 20n + viewJumpMax + 1n }), 'VIEW_JUMP');
      assert.equal(key.ask(leave, [report(A, { view: 20n })], { view: 20n + viewJumpMax }), 'sign');
      assert.equal(key.custodian.state.proven, 20n);
      key.decided(A, { view: 30n });
      const next = { instance: 2n, view: viewJumpMax };
      assert.equal(key.ask(leave, [], { ...next, view: viewJumpMax + 1n }), 'VIEW_JUMP');
      assert.equal(key.ask(leave, [], next), 'sign');
      const restarted = new RoundsKey(table, key.custodian.state);
      assert.equal(restarted.ask(leave, [], { ...next, view: viewJumpMax + 1n }), 'VIEW_JUMP');
    });

    test('a key may leave the view after its last vote, and reports what it rests on', () => {
      const key = new RoundsKey(table);
      key.certified(vote, A);
      assert.equal(key.ask(second, A), 'sign');
      if (second !== table.decides) key.certified(second, A);
      if (second !== table.decides) assert.equal(key.ask(table.decides, A), 'sign');
      assert.equal(key.ask(leave, []), 'UNSAFE_REPORT');
      assert.equal(key.ask(leave, [report(A)]), 'sign');
      assert.ok(key.left(leave, [report(A)]));
      for (const digest of [A, B]) key.proposed(digest, { view: 1n });
      assert.equal(key.ask(vote, B, { view: 1n }), 'UNSAFE_BRANCH');
      assert.equal(key.ask(vote, A, { view: 1n }), 'sign');
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

    test('a recovered key signs nothing of the height of the decided block or below, and goes on above it', () => {
      const lost = new RoundsKey(table);
      lost.proposed(A);
      assert.equal(lost.ask(vote, A), 'sign');
      const older = withMode(lost.custodian.state, 'quarantined');
      const decided = { view: toView(2n), height: 4n, digest: B };
      const state = recoveredState({ table }, older, decided);
      assert.deepEqual([state.openFrom, state.proven, state.marks.size], [5n, 0n, 0]);
      assert.equal(stateFault(state), undefined);
      const key = new RoundsKey(table, state);
      for (const instance of [1n, 4n, 5n]) key.proposed(A, { instance });
      assert.equal(key.ask(vote, A, { instance: 4n }), 'STALE_SLOT');
      assert.equal(key.ask(vote, A), 'repeat');
      assert.equal(key.ask(second, A), 'STALE_SLOT');
      assert.equal(key.ask(leave, [], { instance: 4n, view: 9n }), 'STALE_SLOT');
      assert.equal(key.ask(vote, A, { instance: 5n }), 'sign');
    });

    test('and nothing that its record knows of later heights falls with a recovery', () => {
      const lost = new RoundsKey(table);
      for (const instance of [1n, 2n, 3n, 4n]) lost.decided(A, { instance });
      lost.certified(vote, A, { instance: 5n, view: 3n });
      assert.equal(lost.ask(second, A, { instance: 5n, view: 3n }), 'sign');
      const older = withMode(lost.custodian.state, 'quarantined');
      const state = recoveredState({ table }, older, { view: toView(0n), height: 4n, digest: A });
      const { openFrom, proven, marks, high } = state;
      assert.deepEqual([openFrom, proven, marks, high], [5n, 3n, older.marks, older.high]);
    });
  });
}

describe('the block of an emergency, which its parent alone determines', () => {
  const header = { ...blockOn(GENESIS, 1).header, height: toHeight(1n), proposer: NO_PROPOSER };
  const digest = headerDigest(header);
  const asked = (table: VoteTable, kind: string, change: Partial<typeof header>, about = digest) =>
    new RoundsKey(table).ask(kind, about, {}, { ...header, ...change });

  test('is approved without the signature of a leader, by its header', () => {
    assert.equal(asked(PHASED_TABLE, 'approve', {}), 'sign');
  });

  test('is not where its header is not shown, is that of another block, or names a proposer', () => {
    assert.equal(new RoundsKey(PHASED_TABLE).ask('approve', digest), 'PROPOSAL_UNKNOWN');
    assert.equal(asked(PHASED_TABLE, 'approve', {}, A), 'PROPOSAL_UNKNOWN');
    assert.equal(asked(PHASED_TABLE, 'approve', { height: toHeight(2n) }), 'PROPOSAL_UNKNOWN');
    const led = { ...header, proposer: toMemberIndex(1) };
    assert.equal(asked(PHASED_TABLE, 'approve', led, headerDigest(led)), 'PROPOSAL_UNKNOWN');
  });

  test('is none in protocols without emergencies', () => {
    assert.equal(asked(PBFT_TABLE, 'prepare', {}), 'PROPOSAL_UNKNOWN');
    assert.equal(asked(DBFT_TABLE, 'prepare-response', {}), 'PROPOSAL_UNKNOWN');
  });

  test('is approved in a later view only where the reports of a quorum leave it open', () => {
    const key = new RoundsKey(PHASED_TABLE);
    key.certified('approve', B);
    assert.equal(key.ask('approve', digest, { view: 1n }, header), 'CERT_UNKNOWN');
    assert.ok(key.left('round-change', [report(B)]));
    assert.equal(key.ask('approve', digest, { view: 1n }, header), 'UNSAFE_BRANCH');
  });
});

describe('a leader that follows from the block before (PBFT)', () => {
  const first = blockOn(GENESIS, 1);
  const opening = { ...first.header, height: toHeight(1n), proposer: toMemberIndex(2) };
  const block = { height: toHeight(1n), digest: headerDigest(opening) };

  function keyOf(member: number): { readonly key: RoundsKey; decide(): number } {
    const key = new RoundsKey(PBFT_TABLE, undefined, { me: toMemberIndex(member), leader: afterLast(4) });
    const certificate = {
      ...{ kind: 'commit', instance: 1n, view: toView(0n), ...block },
      signatures: [0, 1, 2].map((each) => ({ member: toMemberIndex(each), signature: Uint8Array.of(each) })),
    };
    return {
      key,
      decide: () => {
        const learnable = learnableOpening(key.custodian, { certificate, header: opening });
        assert.ok(learnable);
        learnable.learn();
        return learnable.claims.length;
      },
    };
  }

  test('is member 0 at the first height of an epoch', () => {
    assert.equal(keyOf(0).key.ask('pre-prepare', A), 'sign');
    assert.equal(keyOf(1).key.ask('pre-prepare', A), 'NOT_LEADER');
  });

  test('is unknown until that block is shown with the certificate that decides it, and then the member after its proposer', () => {
    for (const [member, expected] of [
      [3, 'sign'],
      [0, 'NOT_LEADER'],
    ] as const) {
      const { key, decide } = keyOf(member);
      key.decided(block.digest);
      assert.equal(key.ask('pre-prepare', A, { instance: 2n }), 'CERT_UNKNOWN');
      assert.equal(decide(), 0, 'the certificate is known, and its header was not');
      assert.equal(key.ask('pre-prepare', A, { instance: 2n }), expected);
    }
  });

  test('signs the proposals that are believed, and nobody else does', () => {
    const { key, decide } = keyOf(1);
    const position = { instance: 2n, view: toView(0n) };
    const about = { height: toHeight(2n), digest: A };
    const signed = { signature: Uint8Array.of(1) };
    assert.equal(learnableProposal(key.custodian, position, about, signed), undefined);
    assert.equal(decide(), 3);
    const learnable = learnableProposal(key.custodian, position, about, signed);
    assert.deepEqual(
      learnable?.claims.map(({ member }) => member),
      [3],
    );
  });

  test('is not believed of a header that is not the decided one, or of a certificate that decides nothing', () => {
    const { key } = keyOf(1);
    const good = {
      ...{ kind: 'commit', instance: 1n, view: toView(0n), ...block },
      signatures: [0, 1, 2].map((each) => ({ member: toMemberIndex(each), signature: Uint8Array.of(each) })),
    };
    for (const [certificate, header] of [
      [good, { ...opening, proposer: toMemberIndex(1) }],
      [{ ...good, kind: 'prepare' }, opening],
      [{ ...good, signatures: good.signatures.slice(1) }, opening],
    ] as const) {
      assert.equal(learnableOpening(key.custodian, { certificate, header }), undefined);
    }
  });
});
