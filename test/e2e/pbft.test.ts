import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { ReplicaMode } from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import { LocalMembers, type RunningMember } from '#test/support/federation/local-members.ts';
import { btcfed } from '#test/support/federation/operator.ts';

/** Generous: the machine may be busy with other tests. */
const FINAL_MS = 300_000;

async function decide({ client }: RunningMember, text: string): Promise<bigint> {
  const { hash } = await client.submit(Buffer.from(text));
  return (await client.wait(hash, { deadlineMs: FINAL_MS })).height;
}

describe('PBFT in real processes', () => {
  let federation: LocalMembers;
  before(async () => {
    federation = await LocalMembers.start({ members: 4, protocol: 'pbft' });
  });
  after(() => federation?.[Symbol.asyncDispose]());

  test('decides in views that begin anew with each height, goes on without its leader, and takes it back', async () => {
    const { members } = federation;
    assert.equal(await decide(members[1] ?? assert.fail(), 'by member 0'), 1n);
    // The member after the last proposer leads.
    await federation.stop(1, 'consensus');
    assert.equal(await decide(members[2] ?? assert.fail(), 'by member 2, in view 1'), 2n);
    const { header } = await (members[2] ?? assert.fail()).client.getHeader(2n);
    assert.deepEqual([header.view >= 1n, header.proposer !== 1], [true, true]);
    await federation.restart(1, 'consensus');
    await federation.stop(2, 'consensus');
    for (const height of [3n, 4n])
      assert.equal(await decide(members[1] ?? assert.fail(), `at ${height}`), height);
    await federation.restart(2, 'consensus');
    const digests = await Promise.all(
      members.map(async (member) => {
        await decide(member, `all again, says ${member.facts.name}`);
        return (await member.client.getHeader(4n)).digest;
      }),
    );
    assert.equal(new Set(digests).size, 1);
  });
});

describe('one member alone, whose keys and genesis were made in an empty folder', () => {
  let alone: LocalMembers;
  let member: RunningMember;
  before(async () => {
    alone = await LocalMembers.start({ members: 1, protocol: 'pbft' });
    member = alone.members[0] ?? assert.fail();
  });
  after(() => alone?.[Symbol.asyncDispose]());

  test('TW-2.12.9: decides by PBFT, and the record of its signer holds the votes', async () => {
    for (const height of [1n, 2n, 3n]) assert.equal(await decide(member, `at ${height}`), height);
    await alone.stop(0, 'consensus');
    await alone.stop(0, 'signer');
    const { marks } = await btcfed('signer', 'state', 'show', '--home', member.facts.paths.home);
    // The commit vote is the last step of a height.
    assert.deepEqual(marks, [{ instance: 3, view: 0, step: 2 }]);
    await alone.restart(0, 'signer');
    await alone.restart(0, 'consensus');
    assert.equal(await decide(member, 'at 4'), 4n);
  });

  test('TW-2.12.9: its signer signs no second block at a height, when consensus forgets all', async () => {
    await alone.stop(0, 'consensus');
    rmSync(member.facts.paths.consensusFolder, { recursive: true });
    await alone.restart(0, 'consensus');
    const { mode, haltReason } = await member.client.status();
    assert.equal(mode, ReplicaMode.HALTED);
    assert.match(haltReason, /the signer signed .*, but the safety record/);
    await assert.rejects(member.client.submit(Buffer.from('another at 1')), /halted/i);
  });
});
