import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { LocalMembers, type RunningMember } from '#test/support/federation/local-members.ts';
import { approveChange, runBtcfed } from '#test/support/federation/operator.ts';

/** Generous: the machine may be busy with other tests. */
const FINAL_MS = 300_000;
const POLL_MS = 100;

async function isToAll({ client }: RunningMember): Promise<boolean> {
  const { epoch, terms } = await client.membership();
  return epoch === 1n && terms?.parameters['vote_path'] === 1;
}

describe('votes to all', () => {
  let federation: LocalMembers;
  before(async () => {
    federation = await LocalMembers.start({ members: 4 });
  });
  after(() => federation?.[Symbol.asyncDispose]());

  async function decide(member: RunningMember, text: string): Promise<void> {
    const { hash } = await member.client.submit(Buffer.from(text));
    await member.client.wait(hash, { deadlineMs: FINAL_MS });
  }

  test('begin with the epoch that the members voted them into, and decide with one member down and one restarted', async () => {
    const [first = assert.fail(), ...others] = federation.members;
    const homes = federation.members.map(({ facts }) => facts.paths.home);
    const [home = assert.fail()] = homes;
    await decide(first, 'to the leader');
    const propose = ['members', 'propose', '--home', home, '--yes', '--parameter'];
    const refused = await runBtcfed([...propose, 'vote_path=some']);
    assert.match(refused.notes, /vote_path: got "some"; expected leader or all/);
    const shown = await runBtcfed([...propose, 'vote_path=all']);
    assert.equal(shown.code, 0, shown.notes);
    assert.match(shown.notes, /vote_path: leader -> all, from the block after the last one of epoch 0/);
    const { digest } = JSON.parse(shown.out) as { digest: string };
    for (const approver of homes.slice(1, 3)) await approveChange(approver, digest.slice(0, 8));
    for (const member of [first, ...others]) {
      for (const end = Date.now() + FINAL_MS; !(await isToAll(member)); await sleep(POLL_MS))
        assert.ok(Date.now() < end, 'not in time');
    }
    await decide(first, 'to all');
    await federation.stop(3, 'consensus');
    await decide(first, 'with three of four');
    await federation.restart(3, 'consensus');
    await federation.stop(1, 'consensus');
    await decide(first, 'with the one that came back');
    const listed = await runBtcfed(['members', 'list', '--home', home]);
    assert.match(listed.out, /"protocol":"hotstuff","parameters":\{[^}]*"vote_path":"all"/);
  });
});
