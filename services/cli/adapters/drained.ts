import { setTimeout as sleep } from 'node:timers/promises';
import type { DrainResponse } from '#libs/proto/btcfed/consensus/v1/operator_service.ts';
import { withOperatorService } from '#services/launcher/adapters/operator-client.ts';
import type { MemberPaths } from '#services/launcher/core/member-home.ts';

/** Between two questions, milliseconds. */
const LOOK_MS = 500;

/**
 * Has a member take no new transactions, and waits until its own are final, or the time is over.
 *
 * @param onWait - Told how many are left, when that is another number.
 * @throws CliError CLI_UNREACHABLE when no node runs from this home.
 */
export async function drained(
  paths: MemberPaths,
  timeoutMs: number,
  onWait: (left: number) => void,
): Promise<DrainResponse> {
  const untilMs = performance.now() + timeoutMs;
  return withOperatorService(paths, async (client) => {
    let told: number | undefined;
    for (;;) {
      const answer = await client.drain({ cancel: false });
      if (answer.waiting === 0 || performance.now() >= untilMs) return answer;
      if (answer.waiting !== told) onWait(answer.waiting);
      told = answer.waiting;
      await sleep(LOOK_MS);
    }
  });
}
