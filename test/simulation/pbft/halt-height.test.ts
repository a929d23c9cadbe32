import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toHeight } from '#libs/chain/ids.ts';
import { PbftFederation } from './pbft-federation.ts';

const STOP = toHeight(2n);

function halting(members: readonly number[] = [0, 1, 2, 3]): PbftFederation {
  const federation = new PbftFederation(4);
  for (const member of members) federation.haltHeights[member]?.set(STOP);
  for (let i = 0; i < 6; i++) federation.submit(i % 4, `transaction ${i}`);
  return federation;
}

/** Statements of instances or blocks above the stop that a member signed, views that it gave up there included. */
function signedAbove(federation: PbftFederation, member: number): number {
  return federation.seen.signed.filter((each) => each.member === member && each.statement.instance > STOP)
    .length;
}

describe('members of PBFT that are to stop behind a height', () => {
  test('hold exactly that height, sign nothing above it, and a restart changes nothing', () => {
    const federation = halting();
    federation.pass(600_000);
    assert.deepEqual(federation.heights, [2, 2, 2, 2]);
    federation.crash(3);
    federation.start(3);
    federation.submit(3, 'one more');
    federation.pass(600_000);
    assert.deepEqual(federation.heights, [2, 2, 2, 2]);
    for (const member of [0, 1, 2, 3]) assert.equal(signedAbove(federation, member), 0);
  });

  test('go on once the height is taken back', () => {
    const federation = halting();
    federation.pass(60_000);
    for (const halt of federation.haltHeights) halt.set(undefined);
    federation.pass(60_000);
    assert.ok(
      federation.heights.every((height) => height > 2),
      `${federation.heights}`,
    );
  });

  test('hold it alone while the others go on, and come after them once it is taken back', () => {
    const federation = halting([1]);
    federation.pass(600_000);
    const [others = 0] = federation.heights;
    assert.ok(others > 2, `${federation.heights}`);
    assert.deepEqual(federation.heights, [others, 2, others, others]);
    assert.equal(signedAbove(federation, 1), 0);
    assert.ok(signedAbove(federation, 0) > 0);
    federation.haltHeights[1]?.set(undefined);
    federation.pass(60_000);
    assert.deepEqual(federation.heights, [others, others, others, others]);
  });
});
