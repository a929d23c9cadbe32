import { availableParallelism } from 'node:os';
import { measureSignatureCost } from '#services/launcher/adapters/signature-cost.ts';
import { commitFloorMs } from '#services/launcher/core/floor.ts';
import { percentile } from '#services/launcher/core/percentile.ts';
import { LocalMembers } from '#test/support/federation/local-members.ts';

const MEMBERS = 5;
const SCHEME = 'slh-dsa-sha2-128f';
/** Of a new federation of this size. */
const VOTES = { votings: 3, path: 'leader' } as const;
/** Generous: the machine may be busy with other tests. */
const FINAL_MS = 300_000;
/** 99 of 100 transactions at five members on one machine (HS-37, E2E-10). */
const FINAL_MS_P99_MAX = 3_000;

export interface FinalityOutcome {
  /** Heights of the blocks of the transactions, in the order of submission. */
  readonly heights: readonly bigint[];
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** The cost of the signatures alone on this machine, at that time. */
  readonly floorMs: number;
  readonly isInTime: boolean;
}

/** Has five members make transactions final, one after another, and times each from its submission to its block. */

export async function measureFinality(transactions: number): Promise<FinalityOutcome> {
  await using federation = await LocalMembers.start({ members: MEMBERS, scheme: SCHEME });
  const client = federation.members[0]!.client;
  const cost = await measureSignatureCost(SCHEME, { samplesMin: 5, budgetMs: 500 });
  const tookMs: number[] = [];
  const heights: bigint[] = [];
  // The first waits for connections, not for consensus.
  for (let at = -1; at < transactions; at++) {
    const startMs = performance.now();
    const { hash } = await client.submit(Buffer.from(`transaction ${at}`));
    const { height } = await client.wait(hash, { deadlineMs: FINAL_MS });
    if (at < 0) continue;
    tookMs.push(performance.now() - startMs);
    heights.push(height);
  }
  const at = (percent: number): number => Math.round(percentile(tookMs, percent) ?? Number.POSITIVE_INFINITY);
  const floorMs = Math.round(
    commitFloorMs({ members: MEMBERS, cores: availableParallelism(), ...cost, votes: VOTES }),
  );
  const p99Ms = at(99);
  return { heights, p50Ms: at(50), p99Ms, floorMs, isInTime: p99Ms < FINAL_MS_P99_MAX };
}
