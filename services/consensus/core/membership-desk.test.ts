import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Block, sealBlock } from '#libs/chain/block.ts';
import { genesisBlock } from '#libs/chain/genesis-block.ts';
import { type Digest, toEpoch, toHeight, toMemberIndex, ZERO_DIGEST } from '#libs/chain/ids.ts';
import { transactionHash } from '#libs/chain/transaction.ts';
import { encodeMembershipVote, isMembershipVote } from '#libs/membership/vote.ts';
import { bookOf, memberOf } from '#test/support/membership.ts';
import { MemoryEngineChain } from '#test/support/memory-engine-chain.ts';
import { MembershipDesk } from './membership-desk.ts';

const GENESIS = genesisBlock({ genesisTimeMs: 0n });
const SENDER = toMemberIndex(2);
const CHANGE = { chain: ZERO_DIGEST, epoch: toEpoch(0n), leave: [], join: [memberOf(9)] };

function voteOf(member: number, signature = 7): Uint8Array {
  return encodeMembershipVote({
    change: CHANGE,
    goodUntil: toHeight(100n),
    member: toMemberIndex(member),
    signature: Uint8Array.of(signature),
  });
}

function blockOf(...transactions: Uint8Array[]): Block {
  return sealBlock({ ...GENESIS.header, transactionCount: transactions.length }, transactions);
}

/** A desk of a federation of four in which a signature holds when its only byte is 7. */
function desk() {
  const pool = new Map<Digest, unknown>();
  const refused: string[] = [];
  const made = new MembershipDesk({
    book: bookOf(new MemoryEngineChain(), GENESIS.digest, 4),
    verifier: { verifyVotes: (votes, done) => done(votes.every(({ signature }) => signature[0] === 7)) },
    pool: {
      add: (transaction, source) => pool.set(transactionHash(transaction), source).size > 0,
      has: (hash) => pool.has(hash),
      remove: (hashes) => {
        for (const hash of hashes) pool.delete(hash);
      },
    },
    clock: { nowMs: () => 0, after: () => () => undefined },
    refused: (from, cause) => void refused.push(`${from} ${cause}`),
  });
  return { desk: made, pool, refused };
}

function vouched(block: Block): boolean | undefined {
  let answer: boolean | undefined;
  desk().desk.vouch(block, (ok) => {
    answer = ok;
  });
  return answer;
}

describe('a vote for a change of the members (FED-08)', () => {
  test('waits for a block once its signature is found to hold, whoever brings it', () => {
    const one = desk();
    assert.equal(one.desk.submit(voteOf(0)), undefined);
    one.desk.receive(voteOf(1), SENDER);
    assert.deepEqual([...one.pool.values()], ['client', SENDER]);
    assert.deepEqual(one.refused, []);
  });

  test('with a false signature waits for nothing: a leader would build blocks with it that nobody votes for', () => {
    const one = desk();
    one.desk.submit(voteOf(0, 8));
    one.desk.receive(voteOf(1, 8), SENDER);
    assert.equal(one.pool.size, 0);
    assert.deepEqual(one.refused, ['2 bad-signature']);
  });

  test('of a stranger, or that cannot be read, costs no verification', () => {
    const one = desk();
    assert.equal(one.desk.submit(voteOf(4)), 'a vote of a stranger');
    one.desk.receive(voteOf(4), SENDER);
    one.desk.receive(voteOf(1).subarray(0, -1), SENDER);
    assert.equal(one.pool.size, 0);
    assert.deepEqual(one.refused, ['2 stale', '2 invalid']);
  });

  test('too many of one sender in a second are refused', () => {
    const one = desk();
    for (let at = 0; at < 20; at++) one.desk.receive(voteOf(1, 100 + at), SENDER);
    assert.equal(one.refused.filter((each) => each === '2 bad-signature').length, 16);
    assert.equal(one.refused.filter((each) => each === '2 overloaded').length, 4);
  });
});

describe('a block with votes', () => {
  test('is vouched for when all of them hold, or there are none', () => {
    assert.equal(vouched(blockOf(Buffer.from('apple'))), true);
    assert.equal(vouched(blockOf(voteOf(0), Buffer.from('apple'), voteOf(1))), true);
  });

  test('is not with one that does not hold, or cannot be read', () => {
    assert.equal(vouched(blockOf(voteOf(0), voteOf(1, 8))), false);
    const cut = voteOf(1).subarray(0, -1);
    assert.ok(isMembershipVote(cut));
    assert.equal(vouched(blockOf(voteOf(0), cut)), false);
  });
});
