import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Block, sealBlock } from '#libs/chain/block.ts';
import { genesisBlock } from '#libs/chain/genesis-block.ts';
import { toDigest, toEpoch, toHeight, toMemberIndex, toView, ZERO_DIGEST } from '#libs/chain/ids.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import { ballotsSection } from '#libs/membership/ballots.ts';
import { changeDigest, type MembershipChange } from '#libs/membership/change.ts';
import { encodeHandover } from '#libs/membership/handover.ts';
import { encodeMembershipVote } from '#libs/membership/vote.ts';
import { rootCertificate } from '#libs/protocol/certificate.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { auditKeyOf, foundingOf, memberOf, rosterOf } from '#test/support/chain/membership.ts';
import { MembershipBook, type SnapshotBase } from './membership-book.ts';

const GENESIS = genesisBlock({ genesisTimeMs: 0n });
const JOIN: MembershipChange = { chain: ZERO_DIGEST, epoch: toEpoch(0n), leave: [], join: [memberOf(9)] };
const NEXT = [...rosterOf(4), memberOf(9)];

function blockAt(height: number, transactions: readonly Uint8Array[], epoch = 0n): Block {
  const at = { height: toHeight(BigInt(height)), view: toView(BigInt(height)), epoch: toEpoch(epoch) };
  const own = transactions.map(transactionOf);
  return sealBlock({ ...GENESIS.header, ...at, transactionCount: own.length }, own);
}

const vote = (member: number, change = JOIN): Uint8Array =>
  encodeMembershipVote({
    change,
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

function bookOf(
  past: Iterable<Block>,
  base?: SnapshotBase,
  tip = (Array.isArray(past) ? past.at(-1) : undefined) ?? base?.block ?? GENESIS,
): MembershipBook {
  const certificate = rootCertificate(HOTSTUFF_TABLE, 'commit', {
    view: toView(0n),
    height: toHeight(0n),
    digest: GENESIS.digest,
  });
  const chain = { tip: () => ({ ...tip, certificate }), blockOf: () => undefined };
  return new MembershipBook(foundingOf(GENESIS.digest, rosterOf(4)), chain, past, base);
}

const heightOf = (height: number) => toHeight(BigInt(height));
/** The snapshot as of one of the blocks above, as a member gives it that has them all. */
const baseOf = (height: number): SnapshotBase => ({
  block: PAST[height - 10] ?? assert.fail(),
  others: bookOf(PAST).sectionsAt(heightOf(height)) ?? assert.fail(),
});
const namesIn = (book: MembershipBook): readonly string[] => book.current.roster.map(({ name }) => name);

describe('the membership after a snapshot', () => {
  test('FED-08 A5-11 is what the last block of an epoch names, without the votes that led to it', () => {
    const [whole, leapt] = [bookOf(PAST), bookOf([])];
    leapt.leapt(baseOf(13));
    for (const book of [whole, leapt]) {
      assert.deepEqual([book.current.epoch, namesIn(book)], [1n, ['m0', 'm1', 'm2', 'm3', 'm9']]);
      assert.deepEqual(book.current.root, whole.current.root);
      assert.equal(book.epoch(toEpoch(1n))?.set.members.length, 5);
    }
  });

  test('is found again after a start, while blocks below are missing and when they are there', () => {
    for (const known of [PAST.slice(3), PAST.slice(2), PAST.slice(1), PAST]) {
      assert.equal(bookOf(known, baseOf(13)).current.epoch, 1n);
    }
    assert.throws(() => bookOf(PAST.slice(3)), /handover out of place/);
  });

  test('F-02: is found block by block after a start: a member that votes in each fills no memory', () => {
    for (const base of [undefined, baseOf(12)]) {
      let [read, taken] = [0, 0];
      const past = function* (): Generator<Block> {
        for (const block of PAST) {
          assert.ok(taken >= read - 1, 'those before are done with, but for that of the snapshot');
          read += 1;
          yield {
            ...block,
            get transactions() {
              taken = read;
              return block.transactions;
            },
          };
        }
      };
      const book = bookOf(past(), base, PAST.at(-1));
      assert.deepEqual([read, book.current.epoch], [PAST.length, 1n]);
    }
  });

  test('is that of terms that this version has no rule for: then the member stops, with the version to install', () => {
    const handover = encodeHandover({
      chain: ZERO_DIGEST,
      epoch: toEpoch(1n),
      roster: NEXT,
      terms: { needs: '9.1.0', others: [{ tag: 77, content: Uint8Array.of(1) }] },
    });
    const snapshot = { block: blockAt(13, [handover]), others: [] };
    assert.throws(() => bookOf([]).mayLeap(snapshot), /final block 13: .* needs btcfed 9\.1\.0 or later/);
    assert.throws(() => bookOf([snapshot.block]), /out of place/);
  });

  test('is that of an adopted change whose terms this version has no rule for: then the member stops too', () => {
    const founding = foundingOf(GENESIS.digest, rosterOf(4));
    const adopted = (needs: string, tag: number) => {
      const terms = { needs, others: [{ tag, content: Uint8Array.of(1) }] };
      const change = { digest: GENESIS.digest, roster: NEXT, lastHeight: heightOf(13), terms };
      return { block: blockAt(12, []), others: ballotsSection({ ...founding, adopted: change }) };
    };
    for (const act of ['mayLeap', 'leapt'] as const) {
      const newer = /final block 12: .* needs btcfed 9\.1\.0 or later/;
      assert.throws(() => bookOf([])[act](adopted('9.1.0', 77)), newer);
      assert.throws(() => bookOf([])[act](adopted('0.2.0', 3)), /final block 12: .*section 3 \(scheme\)/);
    }
    assert.throws(() => bookOf([], adopted('9.1.0', 77)), /final block 12/, 'after a start as well');
  });

  test('is known over votes for what this version has no rule for, up to the one that adopts it: a quorum certified that block', () => {
    const change = { ...JOIN, terms: { needs: '9.1.0', others: [{ tag: 77, content: Uint8Array.of(1) }] } };
    const [first, second, third] = [0, 1, 2].map((member) =>
      blockAt(10 + member, [vote(member, change)]),
    ) as [Block, Block, Block];
    const book = bookOf([first, second]);
    assert.equal(book.current.ballots[0]?.voters.size, 2);
    assert.throws(() => book.finalised([third]), /final block 12: .* it needs btcfed 9\.1\.0 or later/);
    assert.throws(() => bookOf([first, second, third]), /final block 12/, 'after a start as well');
  });

  test('is that of votes for terms and keys that this version has no rule for, as long as they adopted nothing', () => {
    const founding = foundingOf(GENESIS.digest, rosterOf(4));
    const key = { ...auditKeyOf('m9', 9), purpose: 77, needs: '9.1.0' };
    const terms = { needs: '9.1.0', others: [{ tag: 77, content: Uint8Array.of(1) }] };
    const change = { ...JOIN, join: [memberOf(9, { keys: [key] })], terms };
    const voters = new Map([[toMemberIndex(2), heightOf(100)]]);
    const ballots = [{ change, digest: changeDigest(change), voters }];
    const snapshot = { block: blockAt(12, []), others: ballotsSection({ ...founding, ballots }) };
    const book = bookOf([]);
    assert.ok(book.mayLeap(snapshot));
    book.leapt(snapshot);
    assert.deepEqual(book.current.ballots, ballots);
    assert.deepEqual(bookOf([], snapshot).current.ballots, ballots, 'after a start as well');
  });

  test('stops a member after a handover that cannot be read or is not the next: a quorum certified it', () => {
    const chain = toDigest('f'.repeat(64));
    const foreign = encodeHandover({ chain, epoch: toEpoch(1n), roster: NEXT });
    const empty = encodeHandover({ chain: ZERO_DIGEST, epoch: toEpoch(1n), roster: [] });
    const cut = handoverTo(1n).slice(0, -1);
    for (const [handover, fault] of [
      [handoverTo(2n), /final block 13: a handover that does not end epoch 0/],
      [handoverTo(0n), /does not end epoch 0/],
      [foreign, /does not end epoch 0/],
      [empty, /does not end epoch 0/],
      [cut, /cannot read: install the version that the other members run/],
    ] as const)
      assert.throws(() => bookOf([]).mayLeap({ block: blockAt(13, [handover]), others: [] }), fault);
  });

  test('is that of the epoch after a block without a handover, and a snapshot with strange parts is not taken', () => {
    const second = [Buffer.from('x'), handoverTo(1n)];
    for (const transactions of [[], second]) {
      const book = bookOf([]);
      book.leapt({ block: blockAt(13, transactions), others: [] });
      assert.equal(book.current.epoch, 0n);
    }
    const book = bookOf([]);
    const votes = bookOf(PAST).sectionsAt(heightOf(11)) ?? [];
    const strange = { tag: 7, content: Uint8Array.of(7) };
    assert.ok(!book.mayLeap({ block: blockAt(11, [], 1n), others: votes }), 'of another epoch');
    assert.ok(!book.mayLeap({ block: blockAt(13, [handoverTo(1n)]), others: votes }), 'votes after the end');
    for (const others of [[strange], [...votes, strange], [{ tag: 2, content: Uint8Array.of(7) }]])
      assert.ok(!book.mayLeap({ block: blockAt(11, []), others }));
  });
});

describe('a snapshot within an epoch', () => {
  for (const height of [1, 9, 10, 11, 12, 13, 14]) {
    test(`F-23: as of height ${height} gives the votes so far, and who leaps there counts the same from then on`, () => {
      const others = bookOf(PAST).sectionsAt(heightOf(height));
      assert.ok(others !== undefined);
      assert.equal(others.length, height >= 10 && height <= 12 ? 1 : 0);
      if (height > 13) return;
      const [whole, leapt] = [bookOf(PAST.slice(0, Math.max(0, height - 9))), bookOf([])];
      const snapshot = { block: PAST[height - 10] ?? blockAt(height, []), others };
      assert.ok(leapt.mayLeap(snapshot));
      leapt.leapt(snapshot);
      for (const book of [whole, leapt]) book.finalised(PAST.slice(Math.max(0, height - 9)));
      assert.deepEqual(leapt.current, whole.current);
      assert.equal(leapt.current.epoch, 1n);
    });
  }

  test('F-23: counts the same after a start, while blocks below are missing, and gives the votes to others in turn', () => {
    const base = baseOf(11);
    for (const known of [PAST.slice(2), PAST.slice(1), PAST]) {
      const book = bookOf(known, base);
      assert.equal(book.current.epoch, 1n);
      assert.deepEqual(book.sectionsAt(heightOf(12)), bookOf(PAST).sectionsAt(heightOf(12)));
    }
    const [held] = PAST as [Block];
    const book = bookOf([held, ...PAST.slice(2)], base);
    assert.equal(book.below?.ballots[0]?.voters.size, 1);
    assert.equal(book.sectionsAt(heightOf(10)), undefined, 'of the gap nothing is known');
  });

  test('F-23: knows what was voted for below the gap as it is filled, up to the block of the snapshot', () => {
    const book = bookOf([], undefined, GENESIS);
    const votesBelow = () => book.below?.ballots.map(({ voters }) => voters.size);
    assert.equal(votesBelow(), undefined);
    book.leapt(baseOf(11));
    assert.deepEqual(votesBelow(), []);
    book.filled([blockAt(9, []), PAST[0] ?? assert.fail()]);
    assert.deepEqual(votesBelow(), [1]);
    assert.throws(() => book.filled([blockAt(10, [vote(0)])]), /second vote/);
    book.filled([PAST[1] ?? assert.fail()]);
    assert.equal(votesBelow(), undefined);
  });

  test('F-23: gives no votes that count no more at that height', () => {
    const book = bookOf(PAST.slice(0, 2));
    assert.equal(book.sectionsAt(heightOf(99))?.length, 1, 'the next block is the last that counts them');
    assert.deepEqual(book.sectionsAt(heightOf(100)), []);
  });
});
