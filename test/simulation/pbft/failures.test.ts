import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decideBlocks } from './decide-blocks.ts';
import { DEFAULT_WAITS } from './default-waits.ts';
import { PbftFederation } from './pbft-federation.ts';
import { type Carried, isVoteOf } from './pbft-post.ts';

const { viewTimeoutMs: WAIT_MS } = DEFAULT_WAITS;

/** The failures that each member told, as "member: height/view leader cause", and whether there was a proposal. */
function told({ seen }: PbftFederation): readonly string[] {
  return seen.failed
    .map(({ member, height, position, leader, cause, isProposed }) => {
      assert.equal(position.instance, height);
      return `${member}: ${height}/${position.view} ${leader} ${cause}, proposed ${isProposed}`;
    })
    .sort();
}

describe('TW-2.9.2 the failures that members of PBFT tell', () => {
  test('are none while blocks are decided', () => {
    const federation = new PbftFederation(4);
    decideBlocks(federation, 3);
    assert.deepEqual(told(federation), []);
  });

  test('have height, view, leader and cause where the proposer is dead, once from each member that is up', () => {
    const federation = new PbftFederation(4);
    decideBlocks(federation, 1);
    federation.crash(1);
    federation.submit(2, 'waits');
    federation.pass(WAIT_MS - 1);
    assert.deepEqual(told(federation), []);
    federation.pass(1);
    assert.deepEqual(
      told(federation),
      [0, 2, 3].map((member) => `${member}: 2/0 1 timeout, proposed false`),
    );
    assert.equal(federation.block(2, 2).header.view, 1n);
  });

  test('have each view of a height in which more proposers are dead', () => {
    const federation = new PbftFederation(7);
    federation.crash(0, 1);
    federation.submit(5, 'after two');
    federation.pass(3 * WAIT_MS);
    const views = federation.seen.failed.map(({ height, position, leader }) => [
      height,
      position.view,
      leader,
    ]);
    assert.deepEqual(new Set(views.map(String)), new Set(['1,0,0', '1,1,1']));
    assert.deepEqual([views.length, federation.block(1, 5).header.proposer], [10, 2]);
  });

  test('name the members that joined, where the wait of f + 1 ended and that of the others did not', () => {
    const federation = new PbftFederation(7);
    // Transactions stay at the member that they are given to, and the proposer has nothing to propose.
    federation.post.carryRest = () => undefined;
    for (const member of [1, 2]) federation.submit(member, `given to ${member}`);
    federation.pass(WAIT_MS);
    assert.deepEqual(told(federation), [
      '1: 1/0 0 timeout, proposed false',
      '2: 1/0 0 timeout, proposed false',
    ]);
    federation.submit(3, 'given to 3');
    federation.pass(WAIT_MS);
    assert.deepEqual(
      told(federation),
      [0, 1, 2, 3, 4, 5, 6].map(
        (member) => `${member}: 1/0 0 ${[1, 2, 3].includes(member) ? 'timeout' : 'joined'}, proposed false`,
      ),
    );
  });

  test('say that there was a proposal where the votes were lost', () => {
    const federation = new PbftFederation(4);
    const mayDecide = (carried: Carried) =>
      isVoteOf(carried, 'commit') || carried.message.kind === 'recovery';
    federation.post.carry = (carried) => (mayDecide(carried) ? undefined : carried.message);
    federation.submit(0, 'proposed');
    federation.pass(WAIT_MS);
    assert.deepEqual(
      new Set(federation.seen.failed.map(({ isProposed, height }) => `${height} ${isProposed}`)),
      new Set(['1 true']),
    );
  });
});

describe('TW-2.9.4 the status of a member of PBFT', () => {
  const shown = (federation: PbftFederation, member: number) => {
    const { height, protocol } = federation.status(member);
    const { position, leader, phase, tally } = protocol;
    const { steps, leaving, neededWeight, isProposed } = tally();
    const counts = steps.map(({ kind, members, weight }) => `${kind} ${members}/${weight}`);
    return [height, position.view, leader, phase, isProposed, ...counts, leaving.members, neededWeight];
  };

  test('tells height, view, phase and leader, and the votes while they are counted', () => {
    const federation = new PbftFederation(4);
    decideBlocks(federation, 1);
    assert.deepEqual(shown(federation, 2), [2n, 0n, 1, 'waiting', false, 'prepare 0/0', 'commit 0/0', 0, 3n]);
    federation.post.carry = (carried) => (isVoteOf(carried, 'commit') ? undefined : carried.message);
    federation.submit(1, 'second');
    // A certificate needs no more votes, and none is counted after it.
    for (const member of [0, 1, 2, 3])
      assert.deepEqual(
        shown(federation, member).slice(0, 6),
        [2n, 0n, 1, 'commit', true, 'prepare 3/3'],
        `${member}`,
      );
    assert.deepEqual(shown(federation, 2).slice(6), ['commit 1/1', 0, 3n], 'its own alone');
  });

  test('tells how many want to leave the view, also when they are too few', () => {
    const federation = new PbftFederation(7);
    federation.post.carryRest = () => undefined;
    for (const member of [1, 2]) federation.submit(member, `given to ${member}`);
    federation.pass(WAIT_MS);
    assert.deepEqual(shown(federation, 5), [1n, 0n, 0, 'waiting', false, 'prepare 0/0', 'commit 0/0', 2, 5n]);
    assert.equal(shown(federation, 1)[3], 'leaving');
  });
});
