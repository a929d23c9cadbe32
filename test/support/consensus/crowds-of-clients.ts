import assert from 'node:assert/strict';
import { CrowdedMember, eachServed } from './crowded-member.ts';

/** A member may have so many files open, and one process takes all that it can get of them. */
const DESCRIPTORS = 1_000;
const IDLE = 1_400;

/** Idle connections lock nobody out. @returns how long a newcomer waits in the middle, ms. */
export async function servedBesideIdleConnections(): Promise<number> {
  await using member = await CrowdedMember.start(DESCRIPTORS);
  const seen = await member.idleConnections(IDLE);
  const tookMs = await eachServed(async () => {
    assert.equal((await member.newcomer().status()).header?.chainId, 'test-chain', 'from the same address');
    assert.equal(await member.statusFrom('127.0.0.2'), '0', 'from another');
  });
  assert.ok(seen.lost >= IDLE - DESCRIPTORS / 2, `${seen.lost} gave way`);
  return tookMs;
}

/** Watches over so many connections leave one for a newcomer. @returns how long a newcomer waits in the middle, ms. */
export async function servedBesideWatches(connections: number): Promise<number> {
  await using member = await CrowdedMember.start(DESCRIPTORS);
  const endFlood = await member.watchFlood(connections);
  const tookMs = await eachServed(async () => {
    const honest = member.newcomer();
    assert.equal((await honest.status()).header?.chainId, 'test-chain', 'from the same address');
    await member.firstOfWatch();
    assert.equal(await member.statusFrom('127.0.0.2'), '0', 'from another');
  });
  const { open, refusals } = await endFlood();
  assert.ok(open > 0);
  // A process in such a hurry loses connections too, where its machine is slow; those are no refusals.
  const refused = Object.keys(refusals).filter((code) => !/UNAVAILABLE|INTERNAL/.test(code));
  const known = ['CONSENSUS_TOO_MANY_WATCHES', 'CONSENSUS_WATCH_GAVE_WAY'];
  assert.ok(refused.length > 0);
  for (const code of refused) assert.ok(known.includes(code), code);
  return tookMs;
}
