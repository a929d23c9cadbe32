import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectClient, type FederationClient } from '#libs/client/client.ts';
import type { LogLevel } from '#libs/log/log-level.ts';
import { DEFAULT_PROTOCOL } from '#libs/protocols/default-protocol.ts';
import { readMemberHome } from '#services/launcher/adapters/read-home.ts';
import type { LaunchFacts } from '#services/launcher/core/launch-facts.ts';
import { memberPaths } from '#services/launcher/core/member-home.ts';
import type { PassedOn } from '#services/launcher/core/passed-on.ts';
import { SERVICE_NAMES, type ServiceName, servicesOf } from '#services/launcher/core/service-names.ts';
import { serviceRuntime } from '#services/launcher/local/service-runtime.ts';
import { START_WAVES } from '#services/launcher/supervisor/federation.ts';
import { memberService, type ServiceRuntime } from '#services/launcher/supervisor/member-services.ts';
import { NodePage } from '#services/launcher/supervisor/node-page.ts';
import type { SupervisedService } from '#services/launcher/supervisor/supervised-service.ts';
import { together } from '#services/launcher/supervisor/together.ts';
import { SmallDisk } from '#test/support/disk/small-disk.ts';
import type { NetworkLab } from '#test/support/network/network-lab.ts';
import { claimPortRegion } from '#test/support/network/port-region.ts';
import { Pauses, untilGone } from '#test/support/programs/processes.ts';
import {
  clockShifted,
  makeHomes,
  moveToCards,
  patched,
  type SourcePatch,
  setLogLevel,
} from './member-homes.ts';
import { btcfed } from './operator.ts';

const ROOT = new URL('../../..', import.meta.url).pathname;
/** Generous: the machine may be busy with other tests. */
const START_MS_MAX = 300_000;

/** Deadline of a question for which a test gives none: a dead member is known to be at once, and a slow one answers. */
const CALL_MS = 60_000;

/** One member whose services are real processes. */
export interface RunningMember {
  readonly facts: LaunchFacts;
  readonly client: FederationClient;
}

export interface LocalMembersOptions {
  readonly members: number;
  readonly natsUrl?: string;
  /** The value in conf.yaml; its default when left out. */
  readonly logLevel?: LogLevel;
  /** Signature scheme of the consensus keys; the usual one when left out. */
  readonly scheme?: string;
  /** Protocol of the chain; the usual one when left out. */
  readonly protocol?: string;
  /** How the members reach each other; libp2p when left out. */
  readonly transport?: string;
  /** Numbers of the protocol, as NAME=VALUE; the usual ones when left out. */
  readonly parameters?: readonly string[];
  /** The operations that the signers grant consensus; the usual operations when left out. */
  readonly granted?: readonly string[];
  /** Variables of the caller that reach the services of all. */
  readonly passedOn?: PassedOn;
  /** CONSENSUS_SNAPSHOT_BLOCKS of all. */
  readonly snapshotBlocks?: number;
  /** Members whose home lies on a disk of its own that can be filled. Needs the right to mount. */
  readonly onSmallDisks?: readonly number[];
  /** Changes a source of every service as it is loaded: for tests of tests. */
  readonly patch?: SourcePatch | undefined;
  /** Puts the gateway of each member into its namespace: the other services use nothing but their own machine. */
  readonly lab?: NetworkLab | undefined;
}

interface Parts {
  readonly folder: string;
  readonly basePort: number;
  readonly members: readonly RunningMember[];
  readonly disks: ReadonlyMap<number, SmallDisk>;
  readonly runtime: ServiceRuntime;
  readonly patch: SourcePatch | undefined;
  /** The Node program that runs each member's gateway, in the order of the members. */
  readonly gatewayNodes: readonly string[];
}

/** A federation of real processes whose services a test stops, kills and starts again. */
export class LocalMembers implements AsyncDisposable {
  readonly members: readonly RunningMember[];
  readonly #parts: Parts;
  readonly #pauses = new Pauses();
  readonly #services = new Map<string, SupervisedService>();
  /** All that must be given back, the last first. */
  readonly #held = new AsyncDisposableStack();

  private constructor(parts: Parts) {
    this.#parts = parts;
    this.members = parts.members;
  }

  /** Makes the homes by the command a person would type, and starts every service. */
  static async start(given: LocalMembersOptions): Promise<LocalMembers> {
    await using held = new AsyncDisposableStack();
    const running = new LocalMembers(await makeParts(given, held));
    const pages = together(running.members.map(({ facts }) => new NodePage(facts, () => {})));
    held.defer(() => pages.stop());
    await pages.start();
    held.defer(() => running.#stopAll());
    await running.startAll();
    running.#held.use(held.move());
    return running;
  }

  /** Starts every service of these members, of all when none are named; none of them may run. */
  async startAll(indexes: readonly number[] = [...this.members.keys()]): Promise<void> {
    for (const wave of START_WAVES) {
      const own = (index: number) => servicesOf(this.members[index]!.facts);
      await Promise.all(
        indexes.flatMap((index) =>
          wave
            .filter((service) => own(index).includes(service))
            .map((service) => this.restart(index, service)),
        ),
      );
    }
  }

  /** The folder of all homes; also of those that a test makes for members that join. */
  get folder(): string {
    return this.#parts.folder;
  }

  /** The last ten ports of this federation, which its founders do not use. */
  get sparePort(): number {
    return this.#parts.basePort + 90;
  }

  /** Starts every service of a member that is none of the founders. */
  async join(facts: LaunchFacts): Promise<RunningMember> {
    for (const wave of START_WAVES) await Promise.all(wave.map((service) => this.#start(facts, service)));
    const client = connectClient({ address: facts.clientAddress, deadlineMs: CALL_MS });
    this.#held.defer(() => client.close());
    return { facts, client };
  }

  /** SIGKILL, and nobody starts it again. */
  kill(member: number, service: ServiceName): void {
    this.#service(member, service).kill();
  }

  /** SIGKILL for every service of these members at once; resolves when none of them is left. */
  async powerCut(indexes: readonly number[] = [...this.members.keys()]): Promise<void> {
    const services = indexes.flatMap((index) => SERVICE_NAMES.map((name) => this.#service(index, name)));
    const pids = services.map(({ pid }) => pid);
    for (const service of services) service.kill();
    await Promise.all(pids.map(untilGone));
  }

  /** SIGTERM; resolves when it is gone. */
  stop(member: number, service: ServiceName): Promise<void> {
    return this.#service(member, service).stop();
  }

  /** Starts a service that does not run; resolves once it serves. A shift makes its time of day wrong. */
  async restart(member: number, service: ServiceName, clockShiftMs = 0): Promise<void> {
    const { facts } = this.members[member]!;
    await untilGone(this.#services.get(`${facts.name} ${service}`)?.pid);
    await this.#start(facts, service, clockShiftMs);
  }

  async #start(facts: LaunchFacts, service: ServiceName, clockShiftMs = 0): Promise<void> {
    const started = memberService(service, facts, {
      runtime: this.#runtimeOf(facts, service, clockShiftMs),
      startMsMax: START_MS_MAX,
      report: () => {},
      interrupted: new AbortController().signal,
    });
    this.#services.set(started.label, started);
    await started.start();
  }

  /** SIGSTOP: it keeps its connections and answers nobody. */
  pause(member: number, service: ServiceName): void {
    const pid = this.pidOf(member, service);
    if (pid !== undefined) this.#pauses.pause(pid);
  }

  /** SIGCONT. */
  resume(member: number, service: ServiceName): void {
    const pid = this.pidOf(member, service);
    if (pid !== undefined) this.#pauses.resume(pid);
  }

  pidOf(member: number, service: ServiceName): number | undefined {
    return this.#service(member, service).pid;
  }

  diskOf(member: number): SmallDisk | undefined {
    return this.#parts.disks.get(member);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#held.disposeAsync();
  }

  async #stopAll(): Promise<void> {
    this.#pauses[Symbol.dispose]();
    await together([...this.#services.values()]).stop();
  }

  #runtimeOf({ name }: LaunchFacts, service: ServiceName, clockShiftMs: number): ServiceRuntime {
    const { folder, gatewayNodes, patch } = this.#parts;
    const index = this.members.findIndex(({ facts }) => facts.name === name);
    const node = service === 'gateway' ? gatewayNodes[index] : undefined;
    const own = { ...this.#parts.runtime, ...(node === undefined ? {} : { node }) };
    const changed = join(folder, `patched-${name}-${service}.mjs`);
    const runtime =
      patch === undefined ? own : { ...own, script: () => patched(changed, own.script(service), patch) };
    if (clockShiftMs === 0) return runtime;
    const file = join(folder, `shifted-${name}-${service}.mjs`);
    return { ...runtime, script: () => clockShifted(file, runtime.script(service), clockShiftMs) };
  }

  #service(member: number, service: ServiceName): SupervisedService {
    const found = this.#services.get(`${this.members[member]!.facts.name} ${service}`);
    if (found === undefined) throw new Error(`member ${member} has no ${service}`);
    return found;
  }
}

async function makeParts(given: LocalMembersOptions, held: AsyncDisposableStack): Promise<Parts> {
  const folder = held.adopt(mkdtempSync(join(tmpdir(), 'btcfed-e2e-')), (path) =>
    rmSync(path, { recursive: true, force: true }),
  );
  const region = held.adopt(await claimPortRegion(), (claimed) => claimed.release());
  makeHomes(join(folder, 'net'), { ...given, basePort: region.basePort });
  if (given.lab !== undefined) moveToCards(join(folder, 'net'), given.members, region.basePort);
  if (given.granted !== undefined) await grantToConsensus(folder, given, given.granted);
  const members = Array.from({ length: given.members }, (_, i) => {
    const homeFolder = join(folder, 'net', `m${i}`);
    if (given.logLevel !== undefined) setLogLevel(homeFolder, given.logLevel);
    const { facts } = readMemberHome(homeFolder, {
      ...given.passedOn,
      NATS_URL: given.natsUrl,
      CONSENSUS_SNAPSHOT_BLOCKS: given.snapshotBlocks?.toString(),
    });
    const client = connectClient({ address: facts.clientAddress, deadlineMs: CALL_MS });
    held.defer(() => client.close());
    return { facts, client };
  });
  const disks = new Map(
    (given.onSmallDisks ?? []).map((index) => {
      const disk = SmallDisk.under(members[index]!.facts.paths.home);
      return [index, held.adopt(disk, (mounted) => mounted.remove())];
    }),
  );
  const env = given.patch === undefined ? process.env : { ...process.env, BTCFED_RUN_SOURCES: '1' };
  const runtime = await serviceRuntime({ root: ROOT, node: process.execPath, env });
  const gatewayNodes = members.flatMap((_, index) => given.lab?.nodeOf(index, runtime.node, folder) ?? []);
  return { folder, basePort: region.basePort, members, disks, runtime, gatewayNodes, patch: given.patch };
}

/** Makes the client matrix of each signer by the command that an operator would type. */
async function grantToConsensus(
  folder: string,
  { members, protocol = DEFAULT_PROTOCOL }: LocalMembersOptions,
  operations: readonly string[],
): Promise<void> {
  for (let index = 0; index < members; index++) {
    const { home, tls } = memberPaths(join(folder, 'net', `m${index}`));
    const client = ['--home', home, '--cert', tls.consensusCertificate, '--protocol', protocol];
    await btcfed('signer', 'client', 'add', 'consensus', ...client, '--operations', ...operations);
  }
}
