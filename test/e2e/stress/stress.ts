import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { grpcClient } from '#libs/grpc/client.ts';
import { ConfigServiceDefinition } from '#libs/proto/btcfed/config/v1/config_service.ts';
import { prng } from '#libs/random/prng.ts';
import { peersYaml } from '#libs/settings/peers-yaml.ts';
import { readConfiguration, readMemberHome } from '#services/launcher/adapters/read-home.ts';
import type { LaunchFacts } from '#services/launcher/core/launch-facts.ts';
import { serviceRuntime } from '#services/launcher/local/service-runtime.ts';
import { memberService } from '#services/launcher/supervisor/member-services.ts';
import type { SupervisedService } from '#services/launcher/supervisor/supervised-service.ts';
import { makeHomes } from '#test/support/federation/member-homes.ts';
import { configurationOf, GatewayNode } from '#test/support/gateway/gateway-node.ts';
import { claimPortRegion } from '#test/support/network/port-region.ts';
import { type ProcessSample, sampleProcess } from '#test/support/programs/process-sample.ts';
import { until } from '#test/support/within.ts';
import { type HeldAtRest, rowOf, SAMPLE_MS, type StressOutcome, stressOutcome } from './stress-report.ts';

export interface StressPlan {
  readonly peers: number;
  readonly forMs: number;
}

const ROOT = new URL('../../..', import.meta.url).pathname;
const START_MS_MAX = 60_000;

/** A peer that was away comes back after so long; one goes each time. */
const CHURN_MS = 500;
const RELOAD_EVERY_MS = 2_000;

/**
 * Looks at the resting services, and their pause. The least value counts, because a connection more may just be
 * closing.
 */
const REST_LOOKS = 10;
const REST_LOOK_MS = 100;

/** One gateway and its config service as processes, and so many peers that come and go while it is reconfigured. */
export async function stress({ peers, forMs }: StressPlan): Promise<StressOutcome> {
  const folder = mkdtempSync(join(tmpdir(), 'btcfed-stress-'));
  const region = await claimPortRegion();
  const guests = Array.from({ length: peers }, (_, index) => guestOf(index));
  const services: SupervisedService[] = [];
  try {
    await Promise.all(guests.map((guest) => guest.start()));
    makeHomes(join(folder, 'net'), { members: 4, basePort: region.basePort });
    const { facts } = readMemberHome(join(folder, 'net/m0'), {});
    writeFileSync(facts.paths.peers, peersText(guests));
    services.push(...(await startedServices(facts)));
    return await new Stress(facts, services, guests, forMs).run();
  } finally {
    await Promise.all(guests.map((guest) => guest.stop()));
    for (const service of services.reverse()) await service.stop();
    region.release();
    rmSync(folder, { recursive: true, force: true });
  }
}

function guestOf(index: number): GatewayNode {
  return new GatewayNode(`guest ${index}`);
}

function peersText(guests: readonly GatewayNode[]): string {
  return peersYaml(
    guests.map(({ identity, address }) => ({ publicKey: identity.publicKey, addresses: [address] })),
  );
}

async function startedServices(facts: LaunchFacts): Promise<readonly SupervisedService[]> {
  const options = {
    runtime: await serviceRuntime({ root: ROOT, node: process.execPath, env: {} }),
    startMsMax: START_MS_MAX,
    report: () => {},
    interrupted: new AbortController().signal,
  };
  const services = [memberService('config', facts, options), memberService('gateway', facts, options)];
  for (const service of services) await service.start();
  return services;
}

class Stress {
  readonly #facts: LaunchFacts;
  readonly #services: readonly SupervisedService[];
  readonly #guests: GatewayNode[];
  readonly #forMs: number;
  readonly #config;
  readonly #random = prng('stress');
  readonly #connectMs: number[] = [];
  readonly #reloadMs: number[] = [];
  readonly #faults: string[] = [];

  constructor(
    facts: LaunchFacts,
    services: readonly SupervisedService[],
    guests: GatewayNode[],
    forMs: number,
  ) {
    this.#facts = facts;
    this.#services = services;
    this.#guests = guests;
    this.#forMs = forMs;
    this.#config = grpcClient(ConfigServiceDefinition, {
      address: `unix:${facts.paths.configSocket}`,
      deadlineMs: START_MS_MAX,
    });
  }

  async run(): Promise<StressOutcome> {
    const pids = this.#services.map(({ pid }) => pid);
    await Promise.all(this.#guests.map((guest) => this.#connect(guest)));
    // Log files and clients are opened when they are needed first.
    await this.#reload(0);
    const restBefore = await this.#atRest();
    const samples = this.#services.map((): ProcessSample[] => []);
    const end = performance.now() + this.#forMs;
    await Promise.all([
      every(CHURN_MS, end, () => this.#churn()),
      every(RELOAD_EVERY_MS, end, (round) => this.#reload(round + 1)),
      every(SAMPLE_MS, end, () => this.#sample(samples)),
    ]);
    const restAfter = await this.#atRest();
    this.#config.close();
    for (const [index, service] of this.#services.entries()) {
      if (service.pid !== pids[index]) this.#faults.push(`${service.label} ended`);
    }
    return stressOutcome({
      peers: this.#guests.length,
      forMs: this.#forMs,
      connectMs: this.#connectMs,
      reloadMs: this.#reloadMs,
      processes: this.#services.map(({ label }, index) =>
        rowOf(label, samples[index] ?? [], {
          before: restBefore[index] ?? NOTHING,
          after: restAfter[index] ?? NOTHING,
        }),
      ),
      faults: this.#faults,
    });
  }

  /** Somebody goes away and comes back, at another port. */
  async #churn(): Promise<void> {
    const index = this.#random.int(0, this.#guests.length - 1);
    await this.#guests[index]?.stop();
    const guest = guestOf(index);
    this.#guests[index] = guest;
    await guest.start();
    await this.#connect(guest);
  }

  async #connect(guest: GatewayNode): Promise<void> {
    const { networkAddresses, identity } = readConfiguration(this.#facts.paths.conf);
    const target = { publicKey: identity.publicKey, addresses: [...networkAddresses], learned: false };
    const startMs = performance.now();
    guest.source.change({ ...configurationOf([]), peers: [target] });
    await until(`${guest.name} is connected`, () => guest.signals.includes(`connected ${identity.peerId}`));
    this.#connectMs.push(performance.now() - startMs);
  }

  async #reload(round: number): Promise<void> {
    const { conf } = this.#facts.paths;
    const text = readFileSync(conf, 'utf8');
    const level = round % 2 === 0 ? 'debug' : 'info';
    writeFileSync(conf, text.replace(/^( *level:) *\S+/m, `$1 ${level}`));
    const startMs = performance.now();
    const { report } = await this.#config.reload({});
    this.#reloadMs.push(performance.now() - startMs);
    if (report?.reason !== '') this.#faults.push(`reload refused: ${report?.reason}`);
  }

  /** The resources of each service while all guests are connected and nothing happens. */
  async #atRest(): Promise<readonly HeldAtRest[]> {
    const least = this.#services.map(() => ({
      handles: Number.POSITIVE_INFINITY,
      sockets: Number.POSITIVE_INFINITY,
    }));
    for (let look = 0; look < REST_LOOKS; look++) {
      await sleep(REST_LOOK_MS);
      for (const [index, { pid }] of this.#services.entries()) {
        const held = least[index];
        const sample = pid === undefined ? undefined : sampleProcess(pid);
        if (held === undefined || sample === undefined) continue;
        held.handles = Math.min(held.handles, sample.handles);
        held.sockets = Math.min(held.sockets, sample.sockets);
      }
    }
    return least;
  }

  #sample(samples: readonly ProcessSample[][]): void {
    for (const [index, { pid }] of this.#services.entries()) {
      const sample = pid === undefined ? undefined : sampleProcess(pid);
      if (sample !== undefined) samples[index]?.push(sample);
    }
  }
}

const NOTHING: HeldAtRest = { handles: 0, sockets: 0 };

/** Does it again and again, one after the other, at most once in `everyMs`. */
async function every(
  everyMs: number,
  endMs: number,
  work: (round: number) => Promise<void> | void,
): Promise<void> {
  for (let round = 0; performance.now() < endMs; round += 1) {
    await Promise.all([work(round), sleep(Math.max(0, Math.min(everyMs, endMs - performance.now())))]);
  }
}
