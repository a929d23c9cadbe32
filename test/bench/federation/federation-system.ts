import { inLanes } from '#services/launcher/core/lanes.ts';
import type { LocalFederation } from '#services/launcher/local/local-federation.ts';
import { SilentMembers } from '#services/launcher/local/silent-members.ts';
import { commitAll } from '#services/launcher/local/submission.ts';
import {
  BLOCKS_AT_ONCE_MAX,
  IN_FLIGHT_MAX,
  SILENCE_TOLD_MS,
  VIEWS_PER_COMMIT_MAX,
} from '#services/launcher/words/limits.ts';
import { cpuByService } from '../load/cpu-by-service.ts';
import type { LoadedSystem } from '../load/loaded-system.ts';
import type { CommitOne } from '../load/one-by-one.ts';

/** A federation of ours, as something to be measured under load. */
export function federationSystem(federation: LocalFederation): LoadedSystem {
  const { members, viewTimeoutMs } = federation;
  const transactionCount = async (height: bigint): Promise<number> =>
    (await members[0]?.client.getHeader(height))?.header.transactionCount ?? 0;
  return {
    way: 'btcfed',
    addresses: members.map(({ home }) => home.facts.clientAddress),
    deadlineMs: VIEWS_PER_COMMIT_MAX * viewTimeoutMs,
    cpu: () => cpuByService(federation),
    heights: () =>
      Promise.all(members.map(async ({ client }) => (await client.status()).header?.finalHeight ?? 0n)),
    transactionCounts: (below, height) =>
      inLanes(
        Array.from({ length: Number(height - below) }, (_, index) => below + 1n + BigInt(index)),
        BLOCKS_AT_ONCE_MAX,
        transactionCount,
      ),
  };
}

/** Its members, each taking one transaction at a time. */
export function commitsOf(federation: LocalFederation, signal: AbortSignal): readonly CommitOne[] {
  const { members, viewTimeoutMs, held } = federation;
  const deadlineMs = VIEWS_PER_COMMIT_MAX * viewTimeoutMs;
  const note = (line: string): boolean => process.stderr.write(`${line}\n`);
  const silent = new SilentMembers({ note, held, toldAfterMs: SILENCE_TOLD_MS });
  return members.map((member) => async (transaction) => {
    const options = { members: [member], inFlight: IN_FLIGHT_MAX, deadlineMs, signal, silent };
    const [committed] = await commitAll([transaction], options);
    return committed?.commitMs;
  });
}
