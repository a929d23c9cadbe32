import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FederationClient } from '#libs/client/client.ts';
import { SERVICE_NAMES } from '#services/launcher/core/service-names.ts';
import { LocalMembers } from '#test/support/federation/local-members.ts';
import { SteadyLoad } from '#test/support/federation/steady-load.ts';
import { cpuSeconds } from '#test/support/programs/process-cpu.ts';
import { median } from '#test/support/trend.ts';
import { within } from '#test/support/within.ts';
import { TwoCores } from './two-cores.ts';

const FLOODER = new URL('./flooder.ts', import.meta.url).pathname;
const MEMBERS = 4;
const LIAR = MEMBERS - 1;

/** The others keep at least this share of their blocks per second. */
const RATIO_MIN = 0.9;

/**
 * Least number of stale messages a second from the liar to the three others: a liar that its own machine slows down
 * shows nothing.
 */
const STALE_PER_SECOND_MIN = 40_000;

/** The services of the liar beside the flooder, which replaces its consensus. */
const LIARS_SERVICES = SERVICE_NAMES.filter((service) => service !== 'consensus');

/** The floods of a run without options. */
export const FLOODS: readonly FloodPlan[] = (['signatures', 'stale'] as const).map((junk) => ({
  junk,
  pairs: 5,
  windowMs: 20_000,
  warmUpMs: 8_000,
}));

/** Whether so much of a kind of junk is a flood. */
export function isFlood(junk: FloodPlan['junk'], perSecond: number): boolean {
  return junk !== 'stale' || perSecond >= STALE_PER_SECOND_MIN;
}

export interface FloodPlan {
  readonly junk: 'signatures' | 'stale';
  /** Pairs of one quiet and one flooded window. */
  readonly pairs: number;
  readonly windowMs: number;
  /** Time before the first window, so that all members are connected and warm. */
  readonly warmUpMs: number;
}

interface Window {
  readonly blocksPerSecond: number;
  readonly transactionsPerSecond: number;
  /** Cores that the honest members' processes used. */
  readonly honestCores: number;
}

export interface FloodOutcome {
  readonly junk: FloodPlan['junk'];
  readonly isHarmless: boolean;
  readonly quiet: readonly Window[];
  readonly flooded: readonly Window[];
  /** Median of blocks per second with the flood by that without. */
  readonly ratio: number;
  /** Messages of the liar to the others, counted for each of them. */
  readonly junkPerSecond: number;
  /** Refused messages at one honest member. */
  readonly refused: Readonly<Record<string, number>>;
}

/**
 * Four members, one of which lies: its consensus is replaced by a process that sends junk as fast as its gateway
 * takes it, in every second window. Liar and gateway have one core in all windows, and the others another. Returns
 * the cost for the other three.
 */
export async function measureFlood({
  junk: kind,
  pairs,
  windowMs,
  warmUpMs,
}: FloodPlan): Promise<FloodOutcome> {
  using cores = TwoCores.claim();
  await using federation = await LocalMembers.start({ members: MEMBERS });
  const honest = federation.members.slice(0, LIAR).map(({ client }) => client);
  await federation.stop(LIAR, 'consensus');
  const liar = federation.members[LIAR]!;
  const flooder = fork(FLOODER, [liar.facts.paths.home, kind]);
  for (const pid of [flooder.pid, ...LIARS_SERVICES.map((service) => federation.pidOf(LIAR, service))]) {
    if (pid !== undefined) cores.moveToLiar(pid);
  }
  await using load = new SteadyLoad({ clients: honest, perSecond: 50, transactionBytes: 200 });
  try {
    load.start();
    await sleep(warmUpMs);
    const pids = honest.flatMap((_, member) =>
      SERVICE_NAMES.flatMap((service) => federation.pidOf(member, service) ?? []),
    );
    const quiet: Window[] = [];
    const flooded: Window[] = [];
    let junk = 0;
    for (let pair = 0; pair < pairs; pair++) {
      quiet.push(await observe(honest[0]!, pids, windowMs));
      const before = await order(flooder, 'rest');
      flooder.send('flood');
      flooded.push(await observe(honest[0]!, pids, windowMs));
      junk += (await order(flooder, 'rest')) - before;
    }
    const { refusedMessages } = await honest[0]!.status();
    const ratio = median(rates(flooded)) / median(rates(quiet));
    const junkPerSecond = Math.round((junk * LIAR * 1000) / (pairs * windowMs));
    return {
      junk: kind,
      isHarmless: ratio >= RATIO_MIN && isFlood(kind, junkPerSecond),
      quiet,
      flooded,
      ratio,
      junkPerSecond,
      refused: Object.fromEntries(
        Object.entries(refusedMessages).map(([cause, count]) => [cause, Number(count)]),
      ),
    };
  } finally {
    if (flooder.connected) flooder.disconnect();
  }
}

async function order(flooder: ChildProcess, what: 'rest'): Promise<number> {
  const answer = once(flooder, 'message');
  flooder.send(what);
  const [sent] = await within('what the flooder sent', answer);
  return Number(sent);
}

async function observe(client: FederationClient, pids: readonly number[], forMs: number): Promise<Window> {
  const startMs = performance.now();
  const startCpu = cpuSeconds(pids);
  const { header: first } = await client.getHeader('latest');
  await sleep(forMs);
  const { header: last } = await client.getHeader('latest');
  const seconds = (performance.now() - startMs) / 1000;
  const cores = (cpuSeconds(pids) - startCpu) / seconds;
  const blocks = Number(last.height - first.height);
  let transactions = 0;
  for (let height = first.height + 1n; height <= last.height; height++) {
    transactions += (await client.getHeader(height)).header.transactionCount;
  }
  return {
    // The rate from block to block: a window of twenty seconds does not hold whole blocks.
    blocksPerSecond: blocks === 0 ? 0 : (blocks * 1000) / Number(last.timestampMs - first.timestampMs),
    transactionsPerSecond: transactions / seconds,
    honestCores: cores,
  };
}

function rates(windows: readonly Window[]): readonly number[] {
  return windows.map(({ blocksPerSecond }) => blocksPerSecond);
}
