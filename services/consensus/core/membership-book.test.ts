import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Block, sealBlock } from '#libs/chain/block.ts';
import { genesisBlock } from '#libs/chain/genesis-block.ts';
import { toDigest, toEpoch, toHeight, toMemberIndex, toView, ZERO_DIGEST } from '#libs/chain/ids.ts';
import type { MembershipChange } from '#libs/membership/change.ts';
import { encodeHandover } from '#libs/membership/handover.ts';
import { encodeMembershipVote } from '#libs/membership/vote.ts';
import { rootCertificate } from '#libs/protocol/certificate.ts';
import { foundingOf, memberOf, rosterOf } from '#test/support/membership.ts';
import { MembershipBook } from './membership-book.ts';

const GENESIS = genesisBlock({ genesisTimeMs: 0n });
const JOIN: MembershipChange = { chain: ZERO_DIGEST, epoch: toEpoch(0n), leave: [], join: [memberOf(9)] };
const NEXT = [...rosterOf(4), memberOf(9)];

function blockAt(height: number, transactions: readonly Uint8Array[], epoch = 0n): Block {
  const at = { height: toHeight(BigInt(height)), view: toView(BigInt(height)), epoch: toEpoch(epoch) };
  return sealBlock({ ...GENESIS.header, ...at, transactionCount: transactions.length }, transactions);
}

const vote = (member: number): Uint8Array =>
  encodeMembershipVote({
    change: JOIN,
    goodUntil: toHeight(100n),
    member: toMemberIndex(member),
    signature: Uint8Array.of(7),
  });
const handoverTo = (epoch: bigint): Uint8Array =>
  encodeHandover({ chain: ZERO_DIGEST, epoch: toEpoch(epoch), roster: NEXT });

/** Votes at 10, 11 and 12; the last block of epoch 0 is 13. */
const PAST = [
  blockAt(10, [vote(0)]),
  blockAt(11, [vote(1)]),
  blockAt(12, [vote(2)]),
  blockAt(13, [handoverTo(1n)]),
];

function bookOf(past: readonly Block[], base?: bigint, tip = past.at(-1) ?? GENESIS): MembershipBook {
  const certificate = rootCertificate('commit', {
    view: toView(0n),
    height: toHeight(0n),
    digest: GENESIS.digest,
  });
  const chain = { tip: () => ({ ...tip, certificate }), blockOf: () => undefined };
  const founding = foundingOf(GENESIS.digest, rosterOf(4));
  return new MembershipBook(founding, chain, past, base === undefined ? undefined : toHeight(base));
}

const at = (height: number, epoch = 0n) => ({ height: toHeight(BigInt(height)), epoch: toEpoch(epoch) });
const namesIn = (book: MembershipBook): readonly string[] => book.current.roster.map(({ name }) => name);

describe('the membership after a snapshot', () => {
  test('FED-08 A5-11 is what the last block of an epoch names, without the votes that led to it', () => {
    const [whole, leapt] = [bookOf(PAST), bookOf([])];
    leapt.leapt(PAST[3] ?? assert.fail());
    for (const book of [whole, leapt]) {
      assert.deepEqual([book.current.epoch, namesIn(book)], [1n, ['m0', 'm1', 'm2', 'm3', 'm9']]);
      assert.deepEqual(book.current.root, whole.current.root);
      assert.equal(book.epoch(toEpoch(1n))?.set.members.length, 5);
    }
  });

  test('is found again after a start, while blocks below are missing and when they are there', () => {
    for (const known of [PAST.slice(3), PAST.slice(2), PAST.slice(1), PAST]) {
      assert.equal(bookOf(known, 13n).current.epoch, 1n);
    }
    assert.throws(() => bookOf(PAST.slice(3)), /handover out of place/);
  });

  test('is as before after any other block, and after a handover that is not the next', () => {
    const chain = toDigest('f'.repeat(64));
    const foreign = encodeHandover({ chain, epoch: toEpoch(1n), roster: NEXT });
    const empty = encodeHandover({ chain: ZERO_DIGEST, epoch: toEpoch(1n), roster: [] });
    const second = [Buffer.from('x'), handoverTo(1n)];
    for (const transactions of [[], [handoverTo(2n)], [handoverTo(0n)], second, [foreign], [empty]]) {
      const book = bookOf([]);
      book.leapt(blockAt(13, transactions));
      assert.equal(book.current.epoch, 0n);
    }
  });
});

describe('a snapshot can be followed', () => {
  test('before the first vote of its epoch, and at the last block of it; nowhere between', () => {
    const book = bookOf(PAST);
    const followable = [1, 9, 10, 11, 12, 13, 14].filter((height) => book.isFollowable(at(height)));
    assert.deepEqual(followable, [1, 9, 13]);
    assert.ok(book.isFollowable(at(14, 1n)), 'nobody voted in the second epoch yet');
    assert.ok(!book.isFollowable(at(20, 2n)), 'which has not begun');
  });

  test('anywhere while nobody ever voted', () => {
    assert.ok(bookOf([]).isFollowable(at(1_000_000)));
  });

  test('of an epoch whose votes this member does not know itself, at its last block alone', () => {
    const book = bookOf(PAST.slice(3), 13n);
    assert.deepEqual(
      [1, 9, 12, 13].filter((height) => book.isFollowable(at(height))),
      [13],
    );
  });
});
