import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectClient, type FederationClient } from '#libs/client/client.ts';
import type { LogLevel } from '#libs/log/logger.ts';
import { readMemberHome } from '#services/cli/adapters/read-home.ts';
import { type MemberFacts, SERVICE_NAMES, type ServiceName } from '#services/cli/core/service-environment.ts';
import { serviceRuntime } from '#services/cli/local/service-runtime.ts';
import { superviseMembers } from '#services/cli/supervisor/federation.ts';
import { memberService, type SupervisionOptions } from '#services/cli/supervisor/member-services.ts';
import type { SupervisedService } from '#services/cli/supervisor/supervised-service.ts';
import { clockShifted, makeHomes } from './member-homes.ts';
import { claimPortRegion, type PortRegion } from './port-region.ts';
import { resume, untilGone } from './processes.ts';
import { SmallDisk } from './small-disk.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const START_MS_MAX = 60_000;

/** Deadline of a question to a member that may be paused or dead. */
const CALL_MS = 5_000;

/** One member whose services are real processes. */
export interface RunningMember {
  readonly facts: MemberFacts;
  readonly client: FederationClient;
}

export interface LocalMembersOptions {
  readonly members: number;
  readonly natsUrl?: string;
  /** As in conf.yaml; that of its default when left out. */
  readonly logLevel?: LogLevel;
  /** Signature scheme of the consensus keys; the usual one when left out. */
  readonly scheme?: string;
  /** CONSENSUS_SNAPSHOT_BLOCKS of all. */
  readonly snapshotBlocks?: number;
  /** Members whose home lies on a disk of its own that can be filled. Needs the right to mount. */
  readonly onSmallDisks?: readonly number[];
}

interface Parts {
  readonly folder: string;
  readonly members: readonly RunningMember[];
  readonly disks: ReadonlyMap<number, SmallDisk>;
  readonly options: SupervisionOptions;
  readonly region: PortRegion;
}

/** A federation of real processes whose services a test stops, kills and starts again. */
export class LocalMembers implements AsyncDisposable {
  readonly members: readonly RunningMember[];
  readonly #folder: string;
  readonly #options: SupervisionOptions;
  readonly #disks: ReadonlyMap<number, SmallDisk>;
  readonly #region: PortRegion;
  readonly #services = new Map<string, SupervisedService>();

  private constructor({ folder, members, disks, options, region }: Parts) {
    this.#folder = folder;
    this.members = members;
    this.#disks = disks;
    this.#options = options;
    this.#region = region;
  }

  /** Makes the homes by the command a person would type, and starts every service. */
  static async start(given: LocalMembersOptions): Promise<LocalMembers> {
    const folder = mkdtempSync(join(tmpdir(), 'btcfed-e2e-'));
    const region = claimPortRegion();
    makeHomes(join(folder, 'net'), { ...given, basePort: region.basePort });
    const members = Array.from({ length: given.members }, (_, i) => {
      const home = readMemberHome(join(folder, 'net', `m${i}`), {
        NATS_URL: given.natsUrl,
        CONSENSUS_SNAPSHOT_BLOCKS: given.snapshotBlocks?.toString(),
      });
      const level = given.logLevel ?? home.facts.log.level;
      const facts = { ...home.facts, log: { ...home.facts.log, level } };
      return { facts, client: connectClient({ address: facts.clientAddress, deadlineMs: CALL_MS }) };
    });
    const disks = new Map(
      (given.onSmallDisks ?? []).map((i) => [i, SmallDisk.under(members[i]!.facts.paths.home)]),
    );
    const options = {
      runtime: await serviceRuntime({ root: ROOT, node: process.execPath, env: {} }),
      startMsMax: START_MS_MAX,
      report: () => {},
      interrupted: new AbortController().signal,
    };
    const running = new LocalMembers({ folder, members, disks, options, region });
    try {
      await running.startAll();
    } catch (error) {
      await running[Symbol.asyncDispose]();
      throw error;
    }
    return running;
  }

  /** Starts every service of these members, of all when none are named; none of them may run. */
  async startAll(indexes: readonly number[] = [...this.members.keys()]): Promise<void> {
    const facts = indexes.map((index) => this.members[index]!.facts);
    const supervised = superviseMembers(facts, this.#options);
    for (const service of supervised.services) this.#services.set(service.label, service);
    await supervised.start();
  }

  /** SIGKILL, and nobody starts it again. */
  kill(member: number, service: ServiceName): void {
    this.#service(member, service).kill();
  }

  /** SIGKILL for every service of these members at once; resolves when none of them is left. */
  async powerCut(indexes: readonly number[] = [...this.members.keys()]): Promise<void> {
    const services = indexes.flatMap((index) => SERVICE_NAMES.map((name) => this.#service(index, name)));
    for (const service of services) service.kill();
    await Promise.all(services.map(({ pid }) => untilGone(pid)));
  }

  /** SIGTERM; resolves when it is gone. */
  stop(member: number, service: ServiceName): Promise<void> {
    return this.#service(member, service).stop();
  }

  /** Starts a service that was killed or stopped; resolves once it serves. A shift makes its time of day wrong. */
  async restart(member: number, service: ServiceName, clockShiftMs = 0): Promise<void> {
    await untilGone(this.#service(member, service).pid);
    const { facts } = this.members[member]!;
    const { runtime } = this.#options;
    const file = join(this.#folder, `shifted-${service}.mjs`);
    const shifted = () => clockShifted(file, runtime.script(service), clockShiftMs);
    const script = clockShiftMs === 0 ? runtime.script : shifted;
    const started = memberService(service, facts, { ...this.#options, runtime: { ...runtime, script } });
    this.#services.set(started.label, started);
    await started.start();
  }

  /** SIGSTOP or SIGCONT for one service. */
  signal(member: number, service: ServiceName, signal: 'SIGSTOP' | 'SIGCONT'): void {
    const pid = this.pidOf(member, service);
    if (pid !== undefined) process.kill(pid, signal);
  }

  pidOf(member: number, service: ServiceName): number | undefined {
    return this.#service(member, service).pid;
  }

  diskOf(member: number): SmallDisk | undefined {
    return this.#disks.get(member);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { client } of this.members) client.close();
    const services = [...this.#services.values()].reverse();
    for (const { pid } of services) if (pid !== undefined) resume(pid);
    await Promise.all(services.map((service) => service.stop()));
    this.#region.release();
    for (const disk of this.#disks.values()) disk.remove();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #service(member: number, service: ServiceName): SupervisedService {
    const found = this.#services.get(`${this.members[member]!.facts.name} ${service}`);
    if (found === undefined) throw new Error(`member ${member} has no ${service}`);
    return found;
  }
}
