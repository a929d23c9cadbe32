import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { foundingOf, memberOf, rosterOf } from '../../test/support/membership.ts';
import { type Block, sealBlock } from '../chain/block.ts';
import { genesisBlock } from '../chain/genesis-block.ts';
import { toDigest, toEpoch, toHeight, toMemberIndex, toView, ZERO_DIGEST } from '../chain/ids.ts';
import { changeDigest, type MembershipChange } from './change.ts';
import { decodeHandover, encodeHandover } from './handover.ts';
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
const text = (words: string): Uint8Array => new Uint8Array(Buffer.from(words));

function vote(member: number, change: MembershipChange = JOIN): Uint8Array {
  return encodeMembershipVote({ change, member: toMemberIndex(member), signature: Uint8Array.of(7) });
}

function blockAt(height: number, transactions: readonly Uint8Array[], epoch = 0n): Block {
  const at = { height: toHeight(BigInt(height)), view: toView(BigInt(2 * height)), epoch: toEpoch(epoch) };
  return sealBlock({ ...GENESIS.header, ...at, transactionCount: transactions.length }, transactions);
}

/** The membership after blocks of these transactions, from height 1 on. */
function after(blocks: readonly (readonly Uint8Array[])[], from: Membership = FOUNDING): Membership {
  return blocks.reduce((before, transactions, at) => {
    const judged = judgeMembership(before, blockAt(at + 1, transactions, before.epoch));
    return judged.ok ? judged.membership : assert.fail(judged.fault);
  }, from);
}

function fault(before: Membership, height: number, transactions: readonly Uint8Array[]): string {
  const judged = judgeMembership(before, blockAt(height, transactions, before.epoch));
  return judged.ok ? 'none' : judged.fault;
}

describe('votes for a change', () => {
  test('FED-08 add up over blocks, are on record, and decide with a quorum of the old members', () => {
    const some = after([[vote(0)], [text('other'), vote(2)]]);
    assert.deepEqual([...(some.ballots[0]?.voters ?? [])], [0, 2]);
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
    assert.match(fault(founding, 1, [vote(0, { ...JOIN, join })]), /3 members more/);
  });

  const five = Array.from({ length: 5 }, (_, at) => ({ ...JOIN, join: [memberOf(20 + at)] }));
  const REFUSED: readonly (readonly [string, readonly Uint8Array[], RegExp])[] = [
    ['of a stranger', [vote(4)], /stranger/],
    ['of another epoch', [vote(0, { ...JOIN, epoch: toEpoch(1n) })], /another epoch/],
    ['of another chain', [vote(0, { ...JOIN, chain: toDigest('a'.repeat(64)) })], /another chain/],
    ['that cannot be read', [vote(0).slice(0, -1)], /cannot be read/],
    ['given twice', [vote(0), vote(0)], /second vote/],
    ['for more changes than a member may want', five.map((change) => vote(0, change)), /more than 4 votes/],
    ['for a change that may not be', [vote(0, { ...JOIN, join: [] })], /nothing/],
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

describe('a handover', () => {
  const handover = encodeHandover({ chain: ZERO_DIGEST, epoch: toEpoch(1n), roster: rosterOf(5) });

  test('FED-08 names all members of the epoch to come, and is read back', () => {
    assert.deepEqual(decodeHandover(handover), { chain: ZERO_DIGEST, epoch: 1n, roster: rosterOf(5) });
    assert.equal(decodeHandover(handover.slice(0, -1)), undefined);
    assert.equal(decodeHandover(text('other')), undefined);
  });

  test('stands in the last block of an epoch alone, and once', () => {
    assert.match(fault(FOUNDING, 1, [handover]), /out of place/);
    const decided = after([[vote(0), vote(1), vote(2)]]);
    assert.match(fault(decided, 2, [handoverAt(decided, 2n) ?? assert.fail(), handover]), /out of place/);
    assert.deepEqual(admissible(FOUNDING, [handover, text('a')], toHeight(1n)), [text('a')]);
  });
});
