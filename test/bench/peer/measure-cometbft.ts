import { performance } from 'node:perf_hooks';
import { cpuSeconds } from '#test/support/programs/process-cpu.ts';
import { areOneChain, blocksOf, heightsOf } from '../cometbft/chain.ts';
import { CometbftClient } from '../cometbft/cometbft-client.ts';
import { keyValue } from '../cometbft/key-value.ts';
import { FINAL_MS_MAX } from '../cometbft/limits.ts';
import type { CometbftNetwork } from '../cometbft/network.ts';
import type { BenchPlan } from '../federation/bench-plan.ts';
import type { BenchFacts } from '../federation/bench-report.ts';
import { handIn, underLoad } from '../load/load-run.ts';
import type { LoadedSystem } from '../load/loaded-system.ts';
import { type CommitOne, oneByOne } from '../load/one-by-one.ts';

/** The measurements that are taken of both. */
export type PeerFacts = Pick<BenchFacts, 'commitMs' | 'load' | 'agree'>;

/** Measures nodes that run, in the order in which a federation is measured. */
export async function measureCometbft(
  { addresses, pids }: CometbftNetwork,
  plan: BenchPlan,
  signal: AbortSignal,
): Promise<PeerFacts> {
  const { samples, warmUps, transactionBytes } = plan;
  const client = await CometbftClient.connect(addresses);
  const members = addresses.map((_, node) => commitOne(client, node));
  let commitMs: readonly number[];
  try {
    await oneByOne(members, { count: warmUps, transactionBytes, signal });
    commitMs = await oneByOne(members, { count: samples, transactionBytes, signal });
  } finally {
    client.close();
  }
  const system = cometbftSystem(addresses, pids);
  await handIn(system, { ...plan, amount: { kind: 'transactions', count: plan.loadWarmUp }, signal });
  const load = await underLoad(system, { ...plan, amount: plan.load, signal });
  return { commitMs, load, agree: await areOneChain(addresses) };
}

function commitOne(client: CometbftClient, node: number): CommitOne {
  return async (bytes) => {
    const transaction = keyValue(bytes);
    const startMs = performance.now();
    const { final } = await client.handIn(node, [transaction], FINAL_MS_MAX);
    return final === 1 ? performance.now() - startMs : undefined;
  };
}

function cometbftSystem(addresses: readonly string[], pids: readonly number[]): LoadedSystem {
  const [first] = addresses;
  if (first === undefined) throw new Error('a network has nodes');
  return {
    way: 'cometbft',
    addresses,
    deadlineMs: FINAL_MS_MAX,
    cpu: () => ({ node: cpuSeconds(pids) }),
    heights: () => heightsOf(addresses),
    transactionCounts: async (below, height) =>
      (await blocksOf(first, below, height)).map(({ transactions }) => transactions),
  };
}
