// TW-2.1.5: of five real members one that is away for sixteen probes is voted out at one height, and comes back when it answers again.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LocalMembers } from '#test/support/federation/local-members.ts';
import { until } from '#test/support/within.ts';

/** Generous: the machine may be busy with other tests. */
const WAIT_MS = 300_000;
const AWAY = 4;
const GRANTED = ['describe', 'session', 'certificate', 'sign', 'membership-automatic'];

test('TW-2.1.4 TW-2.1.5 a member that is away is suspended by the others, at one height, and welcome back', async () => {
  await using federation = await LocalMembers.start({
    ...{ members: 5, protocol: 'pbft' },
    ...{ parameters: ['auto_suspend_failures=15'], granted: GRANTED },
  });
  const there = federation.members.slice(0, AWAY).map(({ client }) => client);
  const epochs = async () => Promise.all(there.map(async (client) => (await client.status()).header?.epoch));
  const rosters = async () =>
    Promise.all(there.map(async (client) => (await client.roster()).map(({ name }) => name).join(' ')));
  federation.kill(AWAY, 'consensus');
  await until('its leave', async () => (await epochs()).every((epoch) => epoch === 1n), WAIT_MS);
  assert.deepEqual(new Set(await rosters()), new Set(['m0 m1 m2 m3']));
  const roots = await Promise.all(there.map(async (client) => (await client.membership()).epoch));
  assert.deepEqual(new Set(roots), new Set([1n]));
  await federation.restart(AWAY, 'consensus');
  await until('its return', async () => (await epochs()).every((epoch) => epoch === 2n), WAIT_MS);
  assert.deepEqual(new Set(await rosters()), new Set(['m0 m1 m2 m3 m4']));
  const back = federation.members[AWAY]?.client ?? assert.fail();
  const { hash } = await back.submit(Buffer.from('welcome back'));
  await back.wait(hash, { deadlineMs: WAIT_MS });
});
