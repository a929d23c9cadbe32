import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Block, sealBlock } from '#libs/chain/block.ts';
import { genesisBlock } from '#libs/chain/genesis-block.ts';
import { toDigest, toEpoch, toHeight, toMemberIndex, toView, ZERO_DIGEST } from '#libs/chain/ids.ts';
import { type Transaction, transactionOf } from '#libs/chain/transaction.ts';
import { foundingOf, memberOf, rosterOf } from '#test/support/chain/membership.ts';
import { changeDigest, type MembershipChange } from './change.ts';
import { countedFrom } from './counted-votes.ts';
import { decodeHandover, encodeHandover } from './handover.ts';
import { VOTE_BLOCKS_MAX } from './limits.ts';
import {
  admissible,
  foundingMembership,
  handoverAt,
  judgeMembership,
  type Membership,
} from './membership.ts';
import { encodeMembershipVote } from './vote.ts';

const GENESIS = genesisBlock({ genesisTimeMs: 0n });
const FOUNDING = foundingOf(GENESIS.digest, rosterOf(4));
const JOIN: MembershipChange = { chain: ZERO_DIGEST, epoch: toEpoch(0n), leave: [], join: [memberOf(9)] };
const text = (words: string): Transaction => transactionOf(new Uint8Array(Buffer.from(words)));

function vote(member: number, change: MembershipChange = JOIN, goodUntil = 1_000n): Transaction {
  const signature = Uint8Array.of(7);
  const bytes = encodeMembershipVote({
    change,
    goodUntil: toHeight(goodUntil),
    member: toMemberIndex(member),
    signature,
  });
  return transactionOf(bytes);
}

function blockAt(height: number, transactions: readonly Transaction[], epoch = 0n): Block {
  const at = { height: toHeight(BigInt(height)), view: toView(BigInt(2 * height)), epoch: toEpoch(epoch) };
  return sealBlock({ ...GENESIS.header, ...at, transactionCount: transactions.length }, transactions);
}

/** The membership after blocks of these transactions, from height 1 on. */
function after(blocks: readonly (readonly Transaction[])[], from: Membership = FOUNDING): Membership {
  return blocks.reduce((before, transactions, at) => {
    const judged = judgeMembership(before, blockAt(at + 1, transactions, before.epoch));
    return judged.ok ? judged.membership : assert.fail(judged.fault);
  }, from);
}

function fault(before: Membership, height: number, transactions: readonly Transaction[]): string {
  const judged = judgeMembership(before, blockAt(height, transactions, before.epoch));
  return judged.ok ? 'none' : judged.fault;
}

const five = Array.from({ length: 5 }, (_, at) => ({ ...JOIN, join: [memberOf(20 + at)] }));

describe('votes for a change', () => {
  test('FED-08 add up over blocks, are on record, and decide with a quorum of the old members', () => {
    const some = after([[vote(0)], [text('other'), vote(2)]]);
    assert.deepEqual([...(some.ballots[0]?.voters.keys() ?? [])], [0, 2]);
    assert.equal(some.adopted, undefined);
    const decided = after([[vote(0)], [vote(2)], [vote(3)]]);
    assert.equal(decided.adopted?.lastHeight, 4n);
    assert.equal(decided.adopted?.digest, changeDigest(JOIN));
    assert.equal(decided.epoch, 0n, 'not yet in force');
  });

  test('FED-08 take force two heights after the deciding one, with a handover in between', () => {
    const decided = after([[vote(0), vote(1), vote(2)]]);
    assert.equal(handoverAt(decided, 1n), undefined);
    const handover = handoverAt(decided, 2n) ?? assert.fail();
    const last = blockAt(2, [handover, text('other')]);
    const judged = judgeMembership(decided, last);
    const next = judged.ok ? judged.membership : assert.fail(judged.fault);
    assert.deepEqual(next.epoch, 1n);
    assert.deepEqual(
      next.roster.map(({ name }) => name),
      ['m0', 'm1', 'm2', 'm3', 'm9'],
    );
    assert.deepEqual(next.root, { view: last.header.view, height: 2n, digest: last.digest });
    assert.deepEqual([next.ballots, next.adopted], [[], undefined]);
  });

  test('FED-05 a second change in the epoch is refused', () => {
    const decided = after([[vote(0), vote(1), vote(2)]]);
    const other = { ...JOIN, join: [memberOf(10)] };
    assert.match(
      fault(decided, 2, [handoverAt(decided, 2n) ?? assert.fail(), vote(3, other)]),
      /adopted already/,
    );
    assert.match(fault(FOUNDING, 1, [vote(0), vote(1), vote(2), vote(3, other)]), /adopted already/);
    const next = after([[vote(0), vote(1), vote(2)], [handoverAt(decided, 2n) ?? assert.fail()]]);
    assert.equal(fault(next, 3, [vote(3, { ...other, epoch: toEpoch(1n) })]), 'none');
  });

  test('FED-07 are refused before the epoch is as long as the policy says', () => {
    const rules = { ...FOUNDING.rules, epochBlocksMin: 5 };
    const patient = foundingMembership({ ...FOUNDING, rules });
    assert.match(fault(patient, 4, [vote(0)]), /too early/);
    assert.equal(fault(patient, 5, [vote(0)]), 'none');
  });

  test('FED-06 keep to the policy of the federation', () => {
    const founding = foundingMembership({ ...FOUNDING, rules: { ...FOUNDING.rules, growthMax: 2 } });
    const join = rosterOf(3, 20);
    const votes = [0, 1, 2].map((member) => vote(member, { ...JOIN, join }));
    assert.match(fault(founding, 1, votes), /3 members more/);
    assert.equal(fault(founding, 1, votes.slice(1)), 'none', 'nothing is adopted');
  });

  const REFUSED: readonly (readonly [string, readonly Transaction[], RegExp])[] = [
    ['of a stranger', [vote(4)], /stranger/],
    ['of another epoch', [vote(0, { ...JOIN, epoch: toEpoch(1n) })], /another epoch/],
    ['of another chain', [vote(0, { ...JOIN, chain: toDigest('a'.repeat(64)) })], /another chain/],
    ['that cannot be read', [transactionOf(vote(0).bytes.slice(0, -1))], /cannot be read/],
    ['given twice', [vote(0), vote(0)], /second vote/],
    ['for more changes than a member may want', five.map((change) => vote(0, change)), /more than 4 votes/],
    ['F-02: whose time is over', [vote(0, JOIN, 0n)], /was good until height 0/],
    ['F-02: for ever', [vote(0, JOIN, 1n + VOTE_BLOCKS_MAX + 1n)], /good for more than 604800 blocks/],
    [
      'that would adopt a change that may not be',
      [0, 1, 2].map((member) => vote(member, { ...JOIN, join: [] })),
      /a change of nothing/,
    ],
  ];
  for (const [name, transactions, reason] of REFUSED) {
    test(`are refused: ${name}`, () => assert.match(fault(FOUNDING, 1, transactions), reason));
  }

  test('for several changes go side by side, and only those that may stand in a block are chosen for it', () => {
    const other = { ...JOIN, join: [memberOf(10)] };
    const wanted = [
      vote(0),
      text('a'),
      vote(0),
      vote(1, other),
      vote(4),
      vote(1),
      vote(2),
      vote(3),
      text('b'),
    ];
    const chosen = admissible(FOUNDING, wanted, toHeight(1n));
    assert.deepEqual(chosen, [vote(0), text('a'), vote(1, other), vote(1), vote(2), text('b')]);
    assert.equal(fault(FOUNDING, 1, chosen), 'none');
  });
});

describe('F-02: a vote counts until the height that it says', () => {
  const empty: readonly (readonly Transaction[])[] = Array.from({ length: 5 }, () => []);
  const votersIn = ({ ballots }: Membership) => ballots.map(({ voters }) => [...voters.keys()]);

  test('F-02: in that block, and in none above it: votes of different months do not add up', () => {
    const early = [vote(0, JOIN, 4n), vote(1, JOIN, 3n)];
    const inTime = after([early, [], [vote(2)]]);
    assert.equal(inTime.adopted?.lastHeight, 4n);
    const late = after([early, [], [], [vote(2)]]);
    assert.equal(late.adopted, undefined);
    assert.deepEqual(votersIn(late), [[2]], 'that of height 4 is over with block 4');
    const never = after([early, ...empty, [vote(2)], [vote(3)]]);
    assert.deepEqual([never.adopted, votersIn(never)], [undefined, [[2, 3]]]);
  });

  test('F-02: a change that nobody votes for any more is forgotten, whatever the blocks hold', () => {
    const open = after([[vote(0, JOIN, 3n)], []]);
    assert.deepEqual(votersIn(open), [[0]]);
    assert.deepEqual(votersIn(after([[vote(0, JOIN, 3n)], [], []])), []);
    assert.deepEqual(votersIn(countedFrom(open, 3n)), [[0]]);
    assert.deepEqual(countedFrom(open, 4n).ballots, []);
    const judged = judgeMembership(open, blockAt(9, [vote(1)]));
    assert.deepEqual(
      judged.ok && votersIn(judged.membership),
      [[1]],
      'blocks between that say nothing are left out',
    );
  });

  test('F-02: a vote that is over makes no quorum, also where blocks between were not judged', () => {
    const open = after([[vote(0, JOIN, 3n)]]);
    const judged = judgeMembership(open, blockAt(9, [vote(1), vote(2)]));
    assert.ok(judged.ok && judged.membership.adopted === undefined);
    const other = vote(3, { ...JOIN, join: [memberOf(10)] });
    const wanted = [vote(1), vote(2), other];
    assert.deepEqual(admissible(open, wanted, toHeight(9n)), wanted, 'nothing is adopted before the last');
    assert.deepEqual(admissible(open, wanted, toHeight(3n)), wanted.slice(0, 2));
  });

  test('F-02: then its member may vote again, for this change or as many others as before', () => {
    const changes = five.map((change) => vote(0, change, 2n));
    const full = after([changes.slice(0, 4)]);
    assert.match(fault(full, 2, changes.slice(4)), /more than 4 votes of one member at a time/);
    assert.match(fault(full, 2, [vote(0, five[0], 9n)]), /second vote/);
    assert.equal(fault(full, 3, [vote(0, five[0], 9n)]), 'none');
    assert.deepEqual(admissible(full, [vote(0, five[4])], toHeight(3n)), [vote(0, five[4])]);
  });

  test('F-02: at most 604,800 blocks from the block that holds it', () => {
    assert.equal(fault(FOUNDING, 1, [vote(0, JOIN, 1n + VOTE_BLOCKS_MAX)]), 'none');
    assert.equal(fault(FOUNDING, 1, [vote(0, JOIN, 1n)]), 'none', 'the block itself');
  });
});

describe('a handover', () => {
  const bytes = encodeHandover({ chain: ZERO_DIGEST, epoch: toEpoch(1n), roster: rosterOf(5) });
  const handover = transactionOf(bytes);

  test('FED-08 names all members of the epoch to come, and is read back', () => {
    assert.deepEqual(decodeHandover(bytes), { chain: ZERO_DIGEST, epoch: 1n, roster: rosterOf(5) });
    assert.equal(decodeHandover(bytes.slice(0, -1)), undefined);
    assert.equal(decodeHandover(text('other').bytes), undefined);
  });

  test('stands in the last block of an epoch alone, and once', () => {
    assert.match(fault(FOUNDING, 1, [handover]), /out of place/);
    const decided = after([[vote(0), vote(1), vote(2)]]);
    assert.match(fault(decided, 2, [handoverAt(decided, 2n) ?? assert.fail(), handover]), /out of place/);
    assert.deepEqual(admissible(FOUNDING, [handover, text('a')], toHeight(1n)), [text('a')]);
  });
});
