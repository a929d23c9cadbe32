import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { LateMember } from '#test/support/federation/late-member.ts';
import { LocalMembers } from '#test/support/federation/local-members.ts';
import { approveChange, btcfed, joiningHome } from '#test/support/federation/operator.ts';
import { until } from '#test/support/within.ts';

const SNAPSHOT_BLOCKS = 4;

// test/long/snapshot.ts has a member that misses a change of the members.
describe('a member far behind', () => {
  let federation: LocalMembers;
  let late: LateMember;
  before(async () => {
    federation = await LocalMembers.start({ members: 4, snapshotBlocks: SNAPSHOT_BLOCKS });
    late = new LateMember(federation, SNAPSHOT_BLOCKS);
  });
  after(() => federation?.[Symbol.asyncDispose]());

  test('A5-11 E2E takes a snapshot, fetches the history afterwards, and its vote counts again', async () => {
    late.leave();
    const [missed = assert.fail()] = await late.miss();
    await late.comeBack();
    await late.hasAllHistory();
    assert.equal((await late.client.status()).mode, 1);
    const found = await late.client.get(missed);
    assert.deepEqual(found, await late.first.get(missed));
    assert.equal(found.state, 'final');
    await late.isNeededWithout(2, () => late.makeFinal('needs the vote of the late member'));
  });

  test('F-23: takes a snapshot after the first vote of its epoch, knows the votes, and ends the epoch with the others', async () => {
    late.leave();
    await late.makeFinal('before the first vote');
    const [first, second] = federation.members;
    assert.ok(first !== undefined && second !== undefined);
    const home = await joiningHome(federation, 'erin');
    const change = ['--join', join(home, 'member.json'), '--leave', 'm2', '--yes'];
    const { digest } = await btcfed('members', 'propose', '--home', first.facts.paths.home, ...change);
    await until('the first vote', async () => (await late.first.membership()).ballots.length === 1);
    const newest = (await late.miss()).at(-1) ?? assert.fail();
    await late.comeBack();
    const [told] = (await late.client.membership()).ballots;
    assert.deepEqual([told?.voters, told?.digest], [[0], digest]);
    await late.hasAllHistory();
    assert.deepEqual(
      await late.client.get(newest),
      await late.first.get(newest),
      'with the sections of the state',
    );

    // While the third is away, the late member is needed for every block, the block that decides the change included.
    federation.kill(2, 'consensus');
    for (const voter of [late.home, second.facts.paths.home]) await approveChange(voter, String(digest));
    await late.reachesEpoch(1n);
    assert.equal((await late.client.status()).haltReason, '');
    await late.hasAllHistory();
  });
});
