import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Block, sealBlock } from '#libs/chain/block.ts';
import { genesisBlock } from '#libs/chain/genesis-block.ts';
import { type Digest, toEpoch, toHeight, toMemberIndex, ZERO_DIGEST } from '#libs/chain/ids.ts';
import { isFor } from '#libs/chain/system-transactions.ts';
import { type Transaction, transactionOf } from '#libs/chain/transaction.ts';
import { ed25519Verify } from '#libs/crypto/ed25519.ts';
import type { MembershipChange } from '#libs/membership/change.ts';
import { VOTES_PER_MEMBER_MAX } from '#libs/membership/limits.ts';
import { encodeMembershipVote, type MembershipVote } from '#libs/membership/vote.ts';
import {
  auditedMemberOf,
  auditKeyOf,
  foundingOf,
  memberOf,
  rosterOf,
} from '#test/support/chain/membership.ts';
import { LoneChain } from '#test/support/engine/lone-chain.ts';
import { readBook } from '../node.ts';
import type { MempoolClient } from '../ports/pooled-transaction.ts';
import { ADDED, FULL, TOO_MANY_VOTES, type VoteAnswer, voteRefused } from '../ports/submission.ts';
import type { Vouching } from '../ports/vouching.ts';
import { CLIENT_VOTES_MAX, CLIENT_VOTES_VERIFIED_MAX } from './client-limits.ts';
import { MembershipDesk, type VoteVerifier } from './membership-desk.ts';

const GENESIS = genesisBlock({ genesisTimeMs: 0n });
const SENDER = toMemberIndex(2);
const STRANGER: MempoolClient = { kind: 'address', owner: '192.0.2.1' };
/** A vote of a member for the joining of another. */
function voteOf(member: number, signature = 7, joining = 9): Transaction {
  const bytes = encodeMembershipVote({
    change: { chain: ZERO_DIGEST, epoch: toEpoch(0n), leave: [], join: [memberOf(joining)] },
    goodUntil: toHeight(100n),
    member: toMemberIndex(member),
    signature: Uint8Array.of(signature),
  });
  return transactionOf(bytes);
}

function blockOf(...transactions: Transaction[]): Block {
  return sealBlock({ ...GENESIS.header, transactionCount: transactions.length }, transactions);
}

const isTrue = ({ signature }: MembershipVote): boolean => signature[0] === 7;

/** Answers at once: a signature holds when its only byte is 7. */
const atOnce: VoteVerifier = { verifyVotes: (votes, done) => done(votes.every(isTrue)) };

/** A verifier that answers when it is told to, and notes the sender of each request. */
function slow() {
  const asked: { readonly from: unknown; readonly answer: () => void }[] = [];
  const verifier: VoteVerifier = {
    verifyVotes: (votes, done, from) => void asked.push({ from, answer: () => done(votes.every(isTrue)) }),
  };
  return { asked, verifier };
}

/** A desk of a federation of four. */
function desk(verifier: VoteVerifier = atOnce, isFull = false, verifyEd25519 = ed25519Verify) {
  const founding = foundingOf(GENESIS.digest, rosterOf(4));
  const rules = { ...founding.rules, verifyEd25519 };
  const pool = new Map<Digest, unknown>();
  const refused: string[] = [];
  const book = readBook({ ...founding, rules }, new LoneChain(), []);
  const made = new MembershipDesk({
    book,
    verifier,
    pool: {
      add: (transaction, source) => {
        if (isFull) return FULL;
        pool.set(transaction.hash, source);
        return ADDED;
      },
      has: (hash) => pool.has(hash),
      remove: (hashes) => {
        for (const hash of hashes) pool.delete(hash);
      },
    },
    clock: { nowMs: () => 0, after: () => () => undefined },
    refused: (from, cause) => void refused.push(`${from} ${cause}`),
  });
  const answers: VoteAnswer[] = [];
  const submit = (transaction: Transaction, client?: MempoolClient) =>
    made.submit(transaction, (answer) => answers.push(answer), client);
  /** A block with these transactions becomes final. */
  const finalise = (transactions: readonly Transaction[]) => {
    const at = { height: toHeight(1n), transactionCount: transactions.length };
    book.finalised([sealBlock({ ...GENESIS.header, ...at }, transactions)]);
    made.finalised();
  };
  return { desk: made, pool, refused, answers, submit, finalise };
}

function vouched(block: Block, verifier: VoteVerifier = atOnce): Vouching | undefined {
  let answer: Vouching | undefined;
  desk(verifier).desk.vouch(block, (vouching) => {
    answer = vouching;
  });
  return answer;
}

describe('a vote for a change of the members (FED-08)', () => {
  test('waits for a block once its signature is found to hold, whoever brings it', () => {
    const one = desk();
    one.submit(voteOf(0));
    assert.deepEqual(one.answers, [ADDED]);
    one.desk.receive(voteOf(1), SENDER);
    assert.deepEqual([...one.pool.values()], ['client', SENDER]);
    assert.deepEqual(one.refused, []);
  });

  test('with a false signature waits for nothing: a leader would build blocks with it that nobody votes for', () => {
    const one = desk();
    one.submit(voteOf(0, 8));
    assert.deepEqual(one.answers, [voteRefused('its signature does not hold')]);
    one.desk.receive(voteOf(1, 8), SENDER);
    assert.equal(one.pool.size, 0);
    assert.deepEqual(one.refused, ['2 bad-signature']);
  });

  test('of a stranger, or that cannot be read, costs no verification', () => {
    const one = desk();
    one.submit(voteOf(4));
    assert.deepEqual(one.answers, [voteRefused('a vote of a stranger')]);
    one.desk.receive(voteOf(4), SENDER);
    one.desk.receive(transactionOf(voteOf(1).bytes.subarray(0, -1)), SENDER);
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

describe('a vote for members with new keys', () => {
  const joinOf = (number: number, isProven: boolean): Transaction => {
    const member = auditedMemberOf(number);
    const keys = (member.keys ?? []).map((key) =>
      isProven ? key : { ...key, proof: auditKeyOf('x', number).proof },
    );
    const change = { chain: ZERO_DIGEST, epoch: toEpoch(0n), leave: [], join: [{ ...member, keys }] };
    const vote = { change, goodUntil: toHeight(100n), member: toMemberIndex(0), signature: Uint8Array.of(7) };
    return transactionOf(encodeMembershipVote(vote));
  };

  test('costs no proof before the signature of the voter holds, and is refused where one does not', () => {
    const { asked, verifier } = slow();
    const one = desk(verifier);
    one.submit(joinOf(9, false));
    one.desk.receive(joinOf(9, false), SENDER);
    assert.deepEqual([asked.length, one.answers, one.refused], [2, [], []]);
    for (const { answer } of asked) answer();
    assert.match(JSON.stringify(one.answers), /audit key of m9: it did not sign its proof/);
    assert.deepEqual(
      [one.refused, one.pool.size],
      [['2 stale'], 0],
      'a member of an older version passes it on',
    );
  });

  test('accuses the voter that brings it itself with a false proof', () => {
    const one = desk();
    one.desk.receive(joinOf(9, false), toMemberIndex(0));
    assert.deepEqual([one.refused, one.pool.size], [['0 invalid'], 0]);
  });

  test('waits for a block where all proofs hold; a member has a few of them judged in a second', () => {
    const one = desk();
    one.submit(joinOf(9, true));
    for (let number = 10; number < 13; number++) one.desk.receive(joinOf(number, false), SENDER);
    assert.deepEqual([one.pool.size, one.refused], [1, Array(3).fill('2 stale')]);
    one.desk.receive(joinOf(13, true), SENDER);
    one.submit(joinOf(14, true));
    assert.deepEqual([one.refused.at(-1), one.answers.at(-1)], ['2 overloaded', TOO_MANY_VOTES]);
    assert.equal(one.pool.size, 1);
    one.submit(voteOf(0));
    assert.equal(one.answers.at(-1)?.code, 'added');
  });

  test('is not proven again when blocks become final', () => {
    let proven = 0;
    const one = desk(atOnce, false, (...all) => {
      proven += 1;
      return ed25519Verify(...all);
    });
    one.submit(joinOf(9, true));
    one.desk.finalised();
    assert.deepEqual([proven, one.pool.size], [1, 1]);
  });
});

describe('a vote for a change that a later version alone follows', () => {
  const unknown = { needs: '9.1.0', others: [{ tag: 77, content: Uint8Array.of(1) }] };
  const vrfKey = { ...auditKeyOf('m9', 9), purpose: 3, needs: '9.1.0' };
  const CHANGES = [
    { leave: [], join: [], terms: unknown },
    { leave: [], join: [memberOf(9, { keys: [vrfKey] })] },
  ].map((part) => ({ chain: ZERO_DIGEST, epoch: toEpoch(0n), ...part }));
  const given = (change: MembershipChange, member: number): Transaction => {
    const vote = { change, goodUntil: toHeight(100n), member: toMemberIndex(member) };
    return transactionOf(encodeMembershipVote({ ...vote, signature: Uint8Array.of(7) }));
  };

  test('is refused to the operator that brings it, before its signature is looked at, with the version to install', () => {
    for (const change of CHANGES) {
      const { asked, verifier } = slow();
      const one = desk(verifier);
      one.submit(given(change, 0));
      assert.match(JSON.stringify(one.answers), /needs btcfed 9\.1\.0 or later.* install that version/);
      assert.deepEqual([asked.length, one.pool.size], [0, 0]);
    }
  });

  test('waits for a block where another member passes it on, its keys unproven, and stays when blocks become final', () => {
    for (const change of CHANGES) {
      const one = desk(atOnce, false, () => assert.fail('no rule says what its proof is'));
      one.desk.receive(given(change, 1), SENDER);
      one.desk.finalised();
      assert.deepEqual([one.pool.size, one.refused], [1, []]);
    }
  });

  test('is taken by its signature alone, as all are', () => {
    const one = desk({ verifyVotes: (_, done) => done(false) });
    for (const change of CHANGES) one.desk.receive(given(change, 1), SENDER);
    assert.deepEqual([one.pool.size, one.refused], [0, Array(2).fill('2 bad-signature')]);
  });

  test('waits no more once it would adopt the change, and is not taken then: no block of this member can hold it', () => {
    for (const change of CHANGES) {
      const one = desk();
      one.desk.receive(given(change, 2), SENDER);
      one.finalise([given(change, 0), given(change, 1)]);
      assert.equal(one.pool.size, 0);
      one.desk.receive(given(change, 3), SENDER);
      assert.deepEqual([one.pool.size, one.refused], [0, ['2 stale']]);
    }
  });
});

describe('votes of clients, who are anybody', () => {
  test('F-01: so many are held, and some of them verified at a time, for all clients together; the others are turned away', () => {
    const { asked, verifier } = slow();
    const one = desk(verifier);
    for (let at = 0; at < 3 * CLIENT_VOTES_MAX; at++) one.submit(voteOf(0, 8, 10 + at));
    assert.equal(asked.length, CLIENT_VOTES_VERIFIED_MAX);
    assert.deepEqual(one.answers, Array(2 * CLIENT_VOTES_MAX).fill(TOO_MANY_VOTES));
    for (let at = 0; at < CLIENT_VOTES_MAX; at++) {
      assert.equal(asked.length, Math.min(at + CLIENT_VOTES_VERIFIED_MAX, CLIENT_VOTES_MAX));
      asked[at]?.answer();
    }
    one.submit(voteOf(0, 7, 99));
    assert.equal(asked.length, CLIENT_VOTES_MAX + 1);
  });

  test('F-01: of one member for one change each client has only one verified at a time, whatever its signature', () => {
    const { asked, verifier } = slow();
    const one = desk(verifier);
    one.submit(voteOf(0, 8), STRANGER);
    one.submit(voteOf(0, 9), STRANGER);
    assert.deepEqual(one.answers, [TOO_MANY_VOTES]);
    asked[0]?.answer();
    one.submit(voteOf(0, 7), STRANGER);
    assert.equal(asked.length, 2);
  });

  test('F-01: a false vote in the name of a member does not keep its true one out', () => {
    const { asked, verifier } = slow();
    const one = desk(verifier);
    one.submit(voteOf(0, 8), STRANGER);
    one.submit(voteOf(0), { kind: 'address', owner: '192.0.2.2' });
    for (const { answer } of asked) answer();
    assert.deepEqual(
      one.answers.map(({ code }) => code),
      ['refused', 'added'],
    );
  });

  test('F-01: one client that fills the line keeps no other out, with a key or without', () => {
    for (const kind of ['address', 'key'] as const) {
      const { asked, verifier } = slow();
      const one = desk(verifier);
      for (let at = 0; at < CLIENT_VOTES_MAX; at++) one.submit(voteOf(0, 8, 10 + at), STRANGER);
      one.submit(transactionOf(Uint8Array.of(0)), STRANGER);
      assert.deepEqual(one.answers.splice(0), [TOO_MANY_VOTES], 'no vote of it is read any more');
      one.submit(voteOf(1), { kind, owner: 'another' });
      assert.deepEqual(one.answers, [TOO_MANY_VOTES], 'the oldest that waits gives way');
      for (let at = 0; at < CLIENT_VOTES_MAX; at++) asked[at]?.answer();
      assert.equal(one.answers.at(-1)?.code, 'added');
      assert.deepEqual([asked.length, one.answers.length], [CLIENT_VOTES_MAX, CLIENT_VOTES_MAX + 1]);
    }
  });

  test('F-01: clients at more addresses than there are places keep a newcomer out no more than one another', () => {
    const { asked, verifier } = slow();
    const one = desk(verifier);
    for (let at = 0; at < 3 * CLIENT_VOTES_MAX; at++) {
      one.submit(voteOf(0, 8, 10 + at), { kind: 'address', owner: `198.51.100.${at}` });
    }
    one.submit(voteOf(1), { kind: 'address', owner: '192.0.2.2' });
    for (let at = 0; at < CLIENT_VOTES_MAX; at++) asked[at]?.answer();
    assert.equal(one.answers.at(-1)?.code, 'added');
  });

  test('F-01: a member has one vote for a change that waits, whatever its signature', () => {
    const { asked, verifier } = slow();
    const one = desk({
      verifyVotes: (votes, done, from) => verifier.verifyVotes(votes, () => done(true), from),
    });
    one.submit(voteOf(0, 1));
    asked[0]?.answer();
    one.submit(voteOf(0, 2));
    one.desk.receive(voteOf(0, 3), SENDER);
    assert.deepEqual([asked.length, one.pool.size, one.refused], [1, 1, ['2 stale']]);
    assert.deepEqual(one.answers.at(-1), voteRefused('one of this member for this change waits already'));
  });

  test('F-01: a member has a few votes that wait, however many it signs, and the others have theirs', () => {
    const one = desk();
    for (let joining = 10; joining < 16; joining++) one.submit(voteOf(0, 7, joining));
    one.desk.receive(voteOf(0, 7, 16), SENDER);
    assert.equal(one.pool.size, VOTES_PER_MEMBER_MAX);
    const reason = '4 votes of this member wait already: they go into a block first';
    assert.deepEqual(one.answers.slice(VOTES_PER_MEMBER_MAX), Array(2).fill(voteRefused(reason)));
    assert.deepEqual(one.refused, ['2 stale']);
    one.submit(voteOf(1));
    assert.equal(one.answers.at(-1)?.code, 'added');
    const [gone] = one.pool.keys();
    if (gone !== undefined) one.pool.delete(gone);
    one.submit(voteOf(0, 7, 17));
    assert.equal(one.answers.at(-1)?.code, 'added', 'one of them went into a block');
  });

  test('F-01: are answered once their signature is verified, in a line of their own', () => {
    const { asked, verifier } = slow();
    const one = desk(verifier);
    one.submit(voteOf(0));
    one.desk.receive(voteOf(1), SENDER);
    assert.deepEqual(
      asked.map(({ from }) => from),
      ['client', SENDER],
    );
    assert.deepEqual([one.answers, one.pool.size], [[], 0]);
    for (const { answer } of asked) answer();
    assert.deepEqual([one.answers.map(({ code }) => code), one.pool.size], [['added'], 2]);
  });

  test('F-01: are told to come back where there was no room to verify them, and when none waits for a block', () => {
    const busy = desk({ verifyVotes: (_, done) => done(false, 'overloaded') });
    busy.submit(voteOf(0));
    const full = desk(atOnce, true);
    full.submit(voteOf(0));
    assert.deepEqual(
      [busy, full].map(({ answers }) => answers[0]?.code),
      ['busy', 'full'],
    );
  });
});

describe('a block with votes', () => {
  test('is neither true nor false where there was no room to verify them', () => {
    const verifier: VoteVerifier = { verifyVotes: (_, done) => done(false, 'overloaded') };
    assert.equal(vouched(blockOf(voteOf(0)), verifier), 'unjudged');
  });

  test('is vouched for when all of them hold, or there are none', () => {
    const apple = transactionOf(Buffer.from('apple'));
    assert.equal(vouched(blockOf(apple)), 'true');
    assert.equal(vouched(blockOf(voteOf(0), apple, voteOf(1))), 'true');
  });

  test('is not with one that does not hold, or cannot be read', () => {
    assert.equal(vouched(blockOf(voteOf(0), voteOf(1, 8))), 'false');
    const cut = transactionOf(voteOf(1).bytes.subarray(0, -1));
    assert.ok(isFor('membership', cut));
    assert.equal(vouched(blockOf(voteOf(0), cut)), 'false');
  });
});
