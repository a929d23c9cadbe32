import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Digest } from '#libs/chain/ids.ts';
import {
  chainOf,
  commonHeight,
  judgeChains,
  Onlooker,
  standings,
} from '#test/support/federation/black-box.ts';
import { LocalMembers } from '#test/support/federation/local-members.ts';
import type { SourcePatch } from '#test/support/federation/member-homes.ts';
import { SteadyLoad } from '#test/support/federation/steady-load.ts';
import { NetworkLab } from '#test/support/network/network-lab.ts';
import type { Manifest, Outcome, Perturbation } from './manifest.ts';
import { perturb } from './perturb.ts';
import { isOfNetwork, type NetworkStage, perturbNetwork } from './perturb-network.ts';
import { possibleHere } from './possible-here.ts';
import { Recoveries } from './recoveries.ts';
import { isWithoutQuorum, splitFault } from './split.ts';

const POLL_MS = 50;

/** A height that is never reached must not hang the run. */
const TRIGGER_MS_MAX = 600_000;

/** The members may be a block or two apart when the load ends. */
const AGREE_MS = 300_000;

/** The options of a run beside its manifest. */
export interface ManifestExtras {
  readonly patch?: SourcePatch | undefined;
  /** Looks at the federation once all is final. @returns what is wrong. */
  examine?(federation: LocalMembers, transactions: readonly Digest[]): Promise<readonly string[]>;
}

/** Runs a manifest against a federation of real processes and judges it by the public API alone. */
export async function runManifest(
  manifest: Manifest,
  note: (text: string) => void = () => {},
  { patch, examine }: ManifestExtras = {},
): Promise<Outcome> {
  const startMs = performance.now();
  const { possible, leftOut } = possibleHere(manifest.perturbations);
  await using lab = possible.some(isOfNetwork) ? await NetworkLab.open(manifest.members) : undefined;
  const disks = possible.flatMap((each) => (each.kind === 'disk-full' ? [each.member] : []));
  await using federation = await LocalMembers.start({
    members: manifest.members,
    onSmallDisks: [...new Set(disks)],
    ...{ lab, patch },
    ...(manifest.scheme === undefined ? {} : { scheme: manifest.scheme }),
    ...(manifest.protocol === undefined ? {} : { protocol: manifest.protocol }),
  });
  const clients = federation.members.map(({ client }) => client);
  await using load = new SteadyLoad({ clients, ...manifest.load });
  await using onlooker = new Onlooker(clients);
  onlooker.start();
  load.start();
  const loadMs = performance.now();
  const recoveries = new Recoveries(clients);
  const grown: string[] = [];
  const stood: NetworkStage['stood'] = (what, cutMs) => {
    if (!isWithoutQuorum(what, manifest.members)) return;
    grown.push(...[splitFault(what, cutMs, onlooker.grewAtMs)].filter((fault) => fault !== undefined));
  };
  for (const each of possible) {
    await due(each, loadMs, onlooker);
    note(`${seconds(loadMs)} s, height ${onlooker.height}: ${JSON.stringify(each)}`);
    if (!isOfNetwork(each)) await perturb(federation, each);
    else if (lab !== undefined)
      await perturbNetwork({ federation, lab, stood, settled: () => recoveries.expect(each.kind) }, each);
    note(`${seconds(loadMs)} s, height ${onlooker.height}: over`);
  }
  await load.finish(manifest.settleMs);
  const height = await commonHeight(clients, AGREE_MS);
  await onlooker.stop();
  const chains =
    height === undefined ? [] : await Promise.all(clients.map((client) => chainOf(client, height)));
  const examined = (await examine?.(federation, [...load.acknowledged.keys()])) ?? [];
  const { scheme } = await clients[0]!.status();
  return {
    name: manifest.name,
    members: manifest.members,
    scheme,
    seconds: seconds(startMs),
    perturbed: possible.length,
    leftOut,
    transactions: load.submitted.size,
    height: height ?? 0n,
    reconnectMsMax: recoveries.reconnectMsMax,
    stallMsMax: Math.round(onlooker.stallMsMax),
    late: recoveries.late,
    violations: [
      ...onlooker.violations,
      ...recoveries.violations,
      ...grown,
      ...examined,
      ...(height === undefined
        ? [`the members never had the same height again: ${await standings(clients)}`]
        : judgeChains(chains, load, onlooker.sayings)),
    ],
  };
}

async function due(trigger: Perturbation, startMs: number, onlooker: Onlooker): Promise<void> {
  const isDue = () =>
    'atMs' in trigger
      ? performance.now() - startMs >= trigger.atMs
      : onlooker.height >= BigInt(trigger.afterHeight);
  const endMs = performance.now() + TRIGGER_MS_MAX;
  while (!isDue()) {
    if (performance.now() > endMs) throw new Error(`never due: ${JSON.stringify(trigger)}`);
    await sleep(POLL_MS);
  }
}

function seconds(sinceMs: number): number {
  return Math.round((performance.now() - sinceMs) / 100) / 10;
}
