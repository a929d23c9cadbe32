import { performance } from 'node:perf_hooks';
import { pause } from '../adapters/pause.ts';
import { CliError } from '../words/errors.ts';
import { CONNECT_MS, PROBE_PAUSE_MS_MAX, PROBE_PAUSE_MS_MIN } from '../words/limits.ts';
import type { LocalMember } from './local-federation.ts';

/**
 * Waits until every member is connected to all others: only then is a decision as fast as it will be.
 * @throws CliError `CLI_DEADLINE_PASSED` naming a member that lacks peers.
 */
export async function waitConnected(members: readonly LocalMember[], signal: AbortSignal): Promise<void> {
  const end = performance.now() + CONNECT_MS;
  let pauseMs = PROBE_PAUSE_MS_MIN;
  for (;;) {
    const lonely = await firstLonely(members);
    if (lonely === undefined) return;
    if (performance.now() > end) throw neverConnected(lonely, members.length - 1);
    await pause(pauseMs, signal);
    pauseMs = Math.min(2 * pauseMs, PROBE_PAUSE_MS_MAX);
  }
}

interface LonelyMember {
  readonly name: string;
  readonly connectedPeers: number;
}

async function firstLonely(members: readonly LocalMember[]): Promise<LonelyMember | undefined> {
  const counts = await Promise.all(
    members.map(async ({ name, client }) => ({ name, ...(await client.status()) })),
  );
  return counts.find(({ connectedPeers }) => connectedPeers < members.length - 1);
}

function neverConnected({ name, connectedPeers }: LonelyMember, peers: number): CliError {
  const message = `${name} is connected to ${connectedPeers} of ${peers} peers after ${CONNECT_MS / 1000} s`;
  return new CliError(message, { code: 'CLI_DEADLINE_PASSED' });
}
