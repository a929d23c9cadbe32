import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Block, sealBlock } from '#libs/chain/block.ts';
import { genesisBlock } from '#libs/chain/genesis-block.ts';
import { toEpoch, toHeight, toMemberIndex, toView, ZERO_DIGEST } from '#libs/chain/ids.ts';
import { type Transaction, transactionOf } from '#libs/chain/transaction.ts';
import { EXCLUSION_PARAMETER } from '#libs/protocol/exclusion-words.ts';
import { foundingOf, memberOf, rosterOf } from '#test/support/chain/membership.ts';
import { handoverAt, judgeMembership, type Membership, saysOfMembership } from './membership.ts';
import { encodeMembershipVote } from './vote.ts';

const GENESIS = genesisBlock({ genesisTimeMs: 0n });

/** Members whose terms say that evidence excludes, or do not say it. */
function membersOf(count: number, excludes: 0 | 1 = 1, step = 1): Membership {
  const founding = foundingOf(GENESIS.digest, rosterOf(count));
  const { rules, terms } = founding;
  return {
    ...founding,
    // A transaction of evidence here names its member by its last byte, and its epoch by the one before.
    rules: { ...rules, step, accusedIn: (bytes) => accusedBy([...bytes.subarray(-2)]) },
    terms: { ...terms, parameters: { ...terms.parameters, [EXCLUSION_PARAMETER]: excludes } },
  };
}

function accusedBy([epoch = 0, member = 0]: readonly number[]) {
  return { chain: ZERO_DIGEST, epoch: toEpoch(BigInt(epoch)), member: toMemberIndex(member) };
}

function evidence(member: number, epoch = 0): Transaction {
  return transactionOf(Buffer.concat([Buffer.from('btcfed/evidence/v2'), Uint8Array.of(epoch, member)]));
}

function vote(member: number): Transaction {
  const change = { chain: ZERO_DIGEST, epoch: toEpoch(0n), leave: [], join: [memberOf(9)] };
  const given = { change, goodUntil: toHeight(100n), member: toMemberIndex(member) };
  return transactionOf(encodeMembershipVote({ ...given, signature: Uint8Array.of(7) }));
}

function blockAt(height: number, transactions: readonly Transaction[]): Block {
  const at = { height: toHeight(BigInt(height)), view: toView(BigInt(height)), epoch: toEpoch(0n) };
  return sealBlock({ ...GENESIS.header, ...at, transactionCount: transactions.length }, transactions);
}

function after(before: Membership, height: number, ...transactions: readonly Transaction[]): Membership {
  const judged = judgeMembership(before, blockAt(height, transactions));
  return judged.ok ? judged.membership : assert.fail(judged.fault);
}

const namesOf = (roster: Membership['roster'] | undefined) => roster?.map(({ name }) => name);

describe('TW-2.8.6 evidence in a block, where the terms say that it excludes', () => {
  test('TW-2.8.6 has the liar leave two heights later, without a vote', () => {
    const adopted = after(membersOf(5), 7, evidence(3));
    assert.deepEqual(namesOf(adopted.adopted?.roster), ['m0', 'm1', 'm2', 'm4']);
    assert.equal(adopted.adopted?.lastHeight, 8n);
    const handover = handoverAt(adopted, 8n) ?? assert.fail();
    const next = after(adopted, 8, handover);
    assert.deepEqual([next.epoch, namesOf(next.roster)], [1n, ['m0', 'm1', 'm2', 'm4']]);
    assert.ok(saysOfMembership(blockAt(7, [evidence(3)])), 'a node that starts again reads that block');
  });

  test('TW-2.8.6 excludes nobody where the terms do not say so', () => {
    assert.equal(after(membersOf(5, 0), 7, evidence(3)).adopted, undefined);
  });

  test('has each liar of a block leave, once, and as many of them as the policy can spare', () => {
    const twice = after(membersOf(7), 7, evidence(6), evidence(2), evidence(6));
    assert.deepEqual(namesOf(twice.adopted?.roster), ['m0', 'm1', 'm3', 'm4', 'm5']);
    const few = after(membersOf(5), 7, evidence(4), evidence(0));
    assert.deepEqual(namesOf(few.adopted?.roster), ['m0', 'm1', 'm2', 'm3'], 'four are the fewest');
    assert.equal(after(membersOf(4), 7, evidence(0)).adopted, undefined);
    const even = after(membersOf(8, 1, 2), 7, evidence(1), evidence(5), evidence(6));
    assert.deepEqual(namesOf(even.adopted?.roster), ['m0', 'm2', 'm3', 'm4', 'm6', 'm7'], 'steps of two');
  });

  test('leaves a change alone that is adopted, by an earlier block or by votes of the same one', () => {
    const voted = after(membersOf(5), 7, vote(0), vote(1), vote(2), evidence(3), vote(4));
    assert.deepEqual(namesOf(voted.adopted?.roster), ['m0', 'm1', 'm2', 'm3', 'm4', 'm9']);
    const adopted = after(membersOf(5), 7, evidence(3));
    const handover = handoverAt(adopted, 8n) ?? assert.fail();
    assert.deepEqual(namesOf(after(adopted, 8, handover, evidence(0)).roster), ['m0', 'm1', 'm2', 'm4']);
  });

  test('does not count votes of the same block as too many: they are counted before it', () => {
    const both = after(membersOf(5), 7, evidence(3), vote(0));
    assert.deepEqual(namesOf(both.adopted?.roster), ['m0', 'm1', 'm2', 'm4']);
    assert.equal(both.ballots.length, 1);
  });

  test('is of its own epoch: places of another one are of other members', () => {
    assert.equal(after(membersOf(5), 7, evidence(3, 1)).adopted, undefined);
    assert.equal(after(membersOf(5), 7, evidence(9)).adopted, undefined);
  });
});
