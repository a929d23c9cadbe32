import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { statusOf } from '../adapters/member-client.ts';
import { inLanes } from '../core/lanes.ts';
import { BLOCKS_AT_ONCE_MAX, RETRY_PAUSE_MS } from '../words/limits.ts';
import type { LocalMember } from './local-federation.ts';

export interface Agreement {
  /** Newest final height of the member that is ahead. */
  readonly height: bigint;
  /** Whether every member has the same block and the same state at every height up to it. */
  readonly agree: boolean;
}

/**
 * Asks every member for every final block and compares the answers. A member that does not reach the height of the
 * others within `patienceMs`, or does not answer by then, does not agree.
 */
export async function compareChains(members: readonly LocalMember[], patienceMs: number): Promise<Agreement> {
  const end = performance.now() + patienceMs;
  for (;;) {
    const heights = await Promise.all(members.map(finalHeight));
    const height = highest(heights);
    if (heights.every((each) => each === height)) return { height, agree: await sameUpTo(height, members) };
    if (performance.now() > end) return { height, agree: false };
    await sleep(RETRY_PAUSE_MS);
  }
}

/** Undefined while the member does not answer. */
async function finalHeight({ client }: LocalMember): Promise<bigint | undefined> {
  try {
    const { header } = await client.status();
    return header?.finalHeight ?? 0n;
  } catch (error) {
    if (statusOf(error) !== undefined) return undefined;
    throw error;
  }
}

function highest(heights: readonly (bigint | undefined)[]): bigint {
  return heights.reduce<bigint>((most, each) => (each !== undefined && each > most ? each : most), 0n);
}

async function sameUpTo(height: bigint, members: readonly LocalMember[]): Promise<boolean> {
  const heights = Array.from({ length: Number(height) + 1 }, (_, index) => BigInt(index));
  const lanes = Math.max(1, Math.floor(BLOCKS_AT_ONCE_MAX / Math.max(1, members.length)));
  const same = await inLanes(heights, lanes, async (each) => {
    const answers = await Promise.all(members.map((member) => blockAndState(each, member)));
    return answers.every((answer) => answer === answers[0]);
  });
  return same.every(Boolean);
}

/** Block hash, computed here from the header, and state root, as one text to compare. */
async function blockAndState(height: bigint, { client }: LocalMember): Promise<string> {
  const { digest, header } = await client.getHeader(height);
  return `${digest} ${header.stateRoot}`;
}
