import { randomBytes } from 'node:crypto';
import { pause } from '#services/launcher/adapters/pause.ts';

/** Pause between two single transactions, so that each finds quiet members. */
export const PAUSE_MS = 100;

/** Hands one transaction to one member; milliseconds until it is final there, undefined when it was not in time. */
export type CommitOne = (transaction: Uint8Array) => Promise<number | undefined>;

interface OneByOne {
  readonly count: number;
  readonly transactionBytes: number;
  readonly signal: AbortSignal;
}

/** Hands single transactions to the members in turn. @returns the time of each that was final in time, ms. */
export async function oneByOne(
  members: readonly CommitOne[],
  { count, transactionBytes, signal }: OneByOne,
): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const commit = members[index % members.length];
    if (commit === undefined) throw new Error('a federation has members');
    const tookMs = await commit(randomBytes(transactionBytes));
    if (tookMs !== undefined) times.push(tookMs);
    await pause(PAUSE_MS, signal);
  }
  return times;
}
