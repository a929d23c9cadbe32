import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sealBlock } from '#libs/chain/block.ts';
import { toDigest, toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import { claimsOf } from '#libs/protocol/certificate.ts';
import { PBFT_TABLE } from '#libs/protocol/pbft/vote-table.ts';
import type { RoundsMessage, RoundsProposal } from '#libs/protocol/rounds/message.ts';
import { statementIn } from '#libs/protocol/rounds/statements.ts';
import { GENESIS } from '#test/support/hotstuff/hotstuff-harness.ts';
import {
  certifiedIn,
  RoundsCore,
  roundBlock,
  roundLeave,
  roundProposal,
  roundVote,
} from '#test/support/rounds/rounds-harness.ts';
import { decideBlocks } from './decide-blocks.ts';
import { PbftFederation } from './pbft-federation.ts';
import { type Carried, isVoteOf } from './pbft-post.ts';

const B1 = roundBlock(GENESIS);
const OTHERS = [0, 1, 3];

/** The receivers of a member's votes of one kind and height. */
function receivers(federation: PbftFederation, voter: number, step: string, height = 1n): readonly number[] {
  const found = federation.post.sent.filter(
    (carried) =>
      carried.from === voter &&
      isVoteOf(carried, step) &&
      carried.message.kind === 'vote' &&
      carried.message.height === height,
  );
  return [...new Set(found.map(({ to }) => to))].sort();
}

/** The kinds that a member signed in a height. */
function signedBy(federation: PbftFederation, member: number, height = 1n): readonly string[] {
  return federation.seen.signed
    .filter((each) => each.member === member && each.statement.instance === height)
    .map(({ statement }) => statement.kind);
}

describe('a proposal of PBFT', () => {
  test('TW-2.2.2: gets a verification vote of every member, said to all, when it is valid; with a wrong state root it gets none', () => {
    const federation = new PbftFederation(4);
    decideBlocks(federation, 1);
    for (const voter of [0, 1, 2, 3])
      assert.deepEqual(
        receivers(federation, voter, 'prepare'),
        [0, 1, 2, 3].filter((each) => each !== voter),
      );
    // Member 1 leads the next height, and lies about the root. All it says is signed by its own key.
    federation.post.carry = ({ from, message }) =>
      from === 1 && message.kind === 'proposal' ? withFalseRoot(federation, message) : message;
    federation.submit(2, 'lied about');
    for (const voter of [0, 2, 3]) {
      assert.deepEqual(signedBy(federation, voter, 2n), []);
      assert.deepEqual([...federation.state(voter).at.standing.values()], ['invalid']);
    }
    federation.pass(3_000);
    assert.deepEqual([federation.heights, federation.block(2).header.proposer], [[2, 2, 2, 2], 2]);
  });
});

const spoilt = (signature: Uint8Array): Uint8Array => signature.map((byte) => byte ^ 1);

function withFalseRoot(federation: PbftFederation, proposal: RoundsProposal): RoundsProposal {
  const { header, transactions } = proposal.block;
  const block = sealBlock({ ...header, stateRoot: toDigest('f'.repeat(64)) }, transactions);
  const lie = { ...proposal, block };
  return { ...lie, signature: federation.signature(1, statementIn(PBFT_TABLE, lie)) };
}

describe('the votes of PBFT', () => {
  test('TW-2.2.3: of q - 1 members for a block bring no commit vote, and one more does, which is said to all', () => {
    const federation = new PbftFederation(4);
    const held = federation.post.holdBack((carried) => {
      const { from, to, message } = carried;
      return to === 2 && message.kind !== 'proposal' && !(from === 1 && isVoteOf(carried, 'prepare'));
    });
    federation.submit(0, 'held back');
    const first = () => federation.state(2).at.votes.get('0 prepare')?.size;
    assert.deepEqual(
      [first(), signedBy(federation, 2), receivers(federation, 2, 'commit')],
      [2, ['prepare'], []],
    );
    federation.deliver(
      held.find((carried) => carried.from === 3 && isVoteOf(carried, 'prepare')) ?? assert.fail(),
    );
    assert.deepEqual(
      [first(), signedBy(federation, 2), receivers(federation, 2, 'commit')],
      [3, ['prepare', 'commit'], OTHERS],
    );
  });

  test('TW-2.2.4: to commit make the block final once they are q, at every member, and their certificate stays with it', () => {
    const federation = new PbftFederation(4);
    const held = federation.post.holdBack((carried) => isVoteOf(carried, 'commit') && carried.from !== 0);
    federation.submit(0, 'held back');
    for (const member of [0, 1, 2, 3]) {
      const { votes, decided } = federation.state(member).at;
      assert.deepEqual([votes.get('0 commit')?.size, decided], [member === 0 ? 1 : 2, undefined]);
    }
    assert.deepEqual(federation.heights, [0, 0, 0, 0]);
    for (const carried of [...held]) federation.deliver(carried);
    assert.deepEqual(federation.heights, [1, 1, 1, 1]);
    for (const member of [0, 1, 2, 3]) {
      const certificate = federation.decision(member);
      const { kind, height, digest, signatures } = certificate;
      assert.deepEqual([kind, height, digest], ['commit', 1n, federation.block(1, member).digest]);
      assert.ok(new Set(signatures.map((each) => each.member)).size >= 3);
      assert.ok(federation.areTrue(claimsOf(certificate)));
    }
  });

  test('TW-2.3.1: of one member count once, if it says them five times', () => {
    const federation = new PbftFederation(4);
    const isFirstOf = (carried: Carried, from: number) =>
      carried.from === from && isVoteOf(carried, 'prepare');
    const held = federation.post.holdBack(({ to, message }) => to === 2 && message.kind !== 'proposal');
    federation.submit(0, 'said often');
    const vote = held.find((carried) => isFirstOf(carried, 1)) ?? assert.fail();
    for (let said = 0; said < 5; said++) federation.deliver(vote);
    assert.deepEqual([...(federation.state(2).at.votes.get('0 prepare')?.keys() ?? [])].sort(), [1, 2]);
    const refused = federation.seen.refused.filter(({ member, from }) => member === 2 && from === 1);
    assert.deepEqual(
      refused.map(({ cause }) => cause),
      Array(4).fill('duplicate'),
    );
    assert.deepEqual(signedBy(federation, 2), ['prepare']);
    federation.deliver(held.find((carried) => isFirstOf(carried, 3)) ?? assert.fail());
    assert.deepEqual(signedBy(federation, 2), ['prepare', 'commit']);
  });

  test('TW-2.2.7: and all other messages are refused the second time, before a signature is looked at, and change nothing', () => {
    const core = new RoundsCore({ me: 2 });
    const place = { height: toHeight(1n), view: toView(0n) };
    const messages: readonly (readonly [number, RoundsMessage])[] = [
      [0, roundProposal(B1)],
      [1, roundVote(1, 'prepare', B1)],
      [1, roundVote(1, 'commit', B1)],
      [1, roundLeave(1)],
      [3, { kind: 'request', ...place, hasProposal: true, have: new Map() }],
      [3, { kind: 'recovery', ...place, statements: [roundVote(0, 'prepare', B1)] }],
      [3, { kind: 'certificate', certificate: certifiedIn('prepare', B1) }],
      [3, { kind: 'certificate', certificate: certifiedIn('commit', B1) }],
    ];
    for (const [from, message] of messages) {
      core.receive(from, message);
      const { state } = core;
      assert.equal(core.judge(from, message), 'duplicate', message.kind);
      assert.deepEqual(core.offer(from, message), []);
      assert.equal(core.state, state);
    }
  });

  test('TW-2.3.5: with a false signature are in no count: a member that sends none but these is as good as away', () => {
    const federation = new PbftFederation(4);
    federation.crash(2);
    federation.post.carry = ({ from, message }) => {
      if (from !== 3) return message;
      if (message.kind === 'recovery') return undefined;
      return message.kind === 'vote' ? { ...message, signature: spoilt(message.signature) } : message;
    };
    federation.submit(0, 'one too few');
    federation.pass(20_000);
    assert.deepEqual(federation.heights, [0, 0, 0, 0]);
    for (const member of [0, 1]) {
      const voters = [...federation.state(member).at.votes.values()].flatMap((votes) => [...votes.keys()]);
      assert.equal(voters.includes(toMemberIndex(3)), false);
      assert.ok(
        federation.seen.refused.some(
          (each) => each.member === member && each.from === 3 && each.cause === 'bad-signature',
        ),
      );
    }
    federation.post.carryAll();
    federation.pass(120_000);
    assert.deepEqual(federation.heights, [1, 1, 0, 1]);
  });

  test('TW-2.3.6: for two blocks of one round prove their member a liar to everyone, by both signatures', () => {
    const federation = new PbftFederation(4);
    federation.post.holdBack((carried) => isVoteOf(carried, 'commit'));
    federation.submit(0, 'voted on twice');
    const sent = federation.post.sent.find((carried) => carried.from === 3 && isVoteOf(carried, 'prepare'));
    assert.ok(sent?.message.kind === 'vote');
    const other = { ...sent.message, digest: toDigest('e'.repeat(64)) };
    const signature = federation.signature(3, statementIn(PBFT_TABLE, other));
    assert.deepEqual(federation.evidence(0), []);
    // One member alone hears the second vote, and tells the others.
    federation.deliver({ from: 3, to: 0, message: { ...other, signature } });
    federation.pass(1_000);
    for (const member of [0, 1, 2]) {
      const [proved, ...more] = federation.evidence(member);
      assert.deepEqual([proved?.evidence.kind, proved?.evidence.first.member, more], ['double-vote', 3, []]);
      const blocks = [proved?.evidence.first, proved?.evidence.second].map(
        (claim) => claim?.statement.block?.digest,
      );
      assert.deepEqual(new Set(blocks), new Set([sent.message.digest, other.digest]));
    }
  });

  test('TW-2.3.7: are counted against all members of the set: two and two that are apart decide nothing for a minute, and go on when they meet', () => {
    const federation = new PbftFederation(4);
    decideBlocks(federation, 1);
    const isTogether = (from: number, to: number) => from < 2 === to < 2;
    federation.post.carry = ({ from, to, message }) => (isTogether(from, to) ? message : undefined);
    federation.post.carryRest = ({ from, to, body }) => (isTogether(from, to) ? body : undefined);
    for (const member of [0, 1, 2, 3]) federation.submit(member, `of ${member}`);
    federation.pass(60_000);
    assert.deepEqual(federation.heights, [1, 1, 1, 1]);
    federation.post.carryAll();
    federation.pass(120_000);
    const [height = 0, ...heights] = federation.heights;
    assert.ok(height > 1);
    assert.deepEqual(heights, [height, height, height]);
    assert.equal(new Set([0, 1, 2, 3].map((member) => federation.block(height, member).digest)).size, 1);
  });
});
