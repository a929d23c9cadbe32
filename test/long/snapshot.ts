// A5-11, FED-08: a member that missed a change of the members takes the state at the end of its epoch, and the rest
// as blocks.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { readMemberHome } from '#services/launcher/adapters/read-home.ts';
import { LateMember } from '#test/support/federation/late-member.ts';
import { LocalMembers } from '#test/support/federation/local-members.ts';
import { approveChange, btcfed, joiningHome } from '#test/support/federation/operator.ts';
import { until } from '#test/support/within.ts';

/** Generous: the machine may be busy with other tests. */
const JOINED_MS = 300_000;
const SNAPSHOT_BLOCKS = 6;

test('A5-11 FED-08 a member that missed a change of the members takes the state at the end of its epoch, and what follows as blocks', async () => {
  await using federation = await LocalMembers.start({ members: 4, snapshotBlocks: SNAPSHOT_BLOCKS });
  const late = new LateMember(federation, SNAPSHOT_BLOCKS);
  late.leave();
  await late.miss();
  const home = await joiningHome(federation, 'erin');
  const { facts } = readMemberHome(home, { CONSENSUS_SNAPSHOT_BLOCKS: String(SNAPSHOT_BLOCKS) });
  const change = ['--join', join(home, 'member.json'), '--leave', 'm2', '--yes'];
  const [proposer = '', ...approvers] = federation.members.slice(0, 3).map((each) => each.facts.paths.home);
  const { digest } = await btcfed('members', 'propose', '--home', proposer, ...change);
  const erin = await federation.join(facts);
  for (const approver of approvers) await approveChange(approver, String(digest));
  const isMember = () =>
    erin.client.status().then(
      ({ header }) => header?.epoch === 1n,
      () => false,
    );
  await until('the new members', isMember, JOINED_MS);
  await late.makeFinal('by the new members');

  await late.comeBack();
  await late.hasAllHistory();
  // Its members and its history are whole also after another start.
  await federation.stop(3, 'consensus');
  await federation.restart(3, 'consensus');
  assert.equal((await late.client.status()).header?.epoch, 1n);
  await late.isNeededWithout(1, () => late.makeFinal('needs the vote of the member that was late'));
});
