import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { test } from 'node:test';
import { measureSignatureCost } from '#services/cli/adapters/signature-cost.ts';
import { commitFloorMs } from '#services/cli/core/floor.ts';
import { percentile } from '#services/cli/core/percentile.ts';
import { LocalMembers } from '#test/support/local-members.ts';

const MEMBERS = 5;
const SCHEME = 'slh-dsa-sha2-128f';
const TRANSACTIONS = 12;
/** Generous: the machine may be busy with other tests. */
const FINAL_MS = 120_000;

/** What the requirement says of a quiet machine with four cores, where signatures cost what they do on our bench (README). */
const REQUIRED_MS = 3_000;
const QUIET_FLOOR_MS = commitFloorMs({ members: MEMBERS, cores: 4, signMs: 11.43, verifyMs: 0.73 });

test('HS-37 E2E-10 five members make 99 of 100 transactions final within three seconds of a machine that does nothing else', async () => {
  await using federation = await LocalMembers.start({ members: MEMBERS, scheme: SCHEME });
  const [first] = federation.members;
  assert.ok(first !== undefined);
  const costMs = async (): Promise<number> => {
    const cost = await measureSignatureCost(SCHEME, { samplesMin: 5, budgetMs: 500 });
    return commitFloorMs({ members: MEMBERS, cores: availableParallelism(), ...cost });
  };
  const before = await costMs();
  const tookMs: number[] = [];
  for (let at = 0; at < TRANSACTIONS; at++) {
    const startMs = performance.now();
    const { hash } = await first.client.submit(Buffer.from(`transaction ${at}`));
    await first.client.wait(hash, { deadlineMs: FINAL_MS });
    // The first waits for connections, not for consensus.
    if (at > 0) tookMs.push(performance.now() - startMs);
  }
  // Other work on this machine makes signatures dearer, and all that comes with them alike.
  const floorMs = Math.max(before, await costMs());
  const ratio = (percentile(tookMs, 99) ?? Number.POSITIVE_INFINITY) / floorMs;
  assert.ok(ratio <= REQUIRED_MS / QUIET_FLOOR_MS, `${ratio} times the floor of ${floorMs} ms: ${tookMs}`);
});
