import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectClient, type FederationClient } from '#libs/client/client.ts';
import { readMemberHome } from '#services/cli/adapters/read-home.ts';
import { type MemberFacts, SERVICE_NAMES, type ServiceName } from '#services/cli/core/service-environment.ts';
import { serviceRuntime } from '#services/cli/local/service-runtime.ts';
import { superviseMembers } from '#services/cli/supervisor/federation.ts';
import { memberService, type SupervisionOptions } from '#services/cli/supervisor/member-services.ts';
import type { SupervisedService } from '#services/cli/supervisor/supervised-service.ts';
import { SmallDisk } from './small-disk.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const START_MS_MAX = 60_000;

/** Deadline of a question to a member that may be paused or dead. */
const CALL_MS = 5_000;

const DEATH_POLL_MS = 5;

/** One member whose services are real processes. */
export interface RunningMember {
  readonly facts: MemberFacts;
  readonly client: FederationClient;
}

export interface LocalMembersOptions {
  readonly members: number;
  readonly natsUrl?: string;
  /** Signature scheme of the consensus keys; the usual one when left out. */
  readonly scheme?: string;
  /** Members whose home lies on a disk of its own that can be filled. Needs the right to mount. */
  readonly onSmallDisks?: readonly number[];
}

/** A federation of real processes whose services a test stops, kills and starts again. */
export class LocalMembers implements AsyncDisposable {
  readonly members: readonly RunningMember[];
  readonly #folder: string;
  readonly #options: SupervisionOptions;
  readonly #disks: ReadonlyMap<number, SmallDisk>;
  readonly #services = new Map<string, SupervisedService>();

  private constructor(
    folder: string,
    members: readonly RunningMember[],
    disks: ReadonlyMap<number, SmallDisk>,
    options: SupervisionOptions,
  ) {
    this.#folder = folder;
    this.members = members;
    this.#disks = disks;
    this.#options = options;
  }

  /** Makes the homes by the command a person would type, and starts every service. */
  static async start(given: LocalMembersOptions): Promise<LocalMembers> {
    const folder = mkdtempSync(join(tmpdir(), 'btcfed-e2e-'));
    makeHomes(join(folder, 'net'), given);
    const members = Array.from({ length: given.members }, (_, i) => {
      const { facts } = readMemberHome(join(folder, 'net', `m${i}`), { NATS_URL: given.natsUrl });
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
    const running = new LocalMembers(folder, members, disks, options);
    await running.startAll();
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
    const script = clockShiftMs === 0 ? runtime.script : () => this.#shifted(service, clockShiftMs);
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
    for (const disk of this.#disks.values()) disk.remove();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #service(member: number, service: ServiceName): SupervisedService {
    const found = this.#services.get(`${this.members[member]!.facts.name} ${service}`);
    if (found === undefined) throw new Error(`member ${member} has no ${service}`);
    return found;
  }

  /** A file that sets the clock of its process wrong and then runs the service. Production knows nothing of it. */
  #shifted(service: ServiceName, shiftMs: number): string {
    const file = join(this.#folder, `shifted-${service}.mjs`);
    writeFileSync(
      file,
      `const Right = Date;
       globalThis.Date = class extends Right {
         constructor(...given) { super(...(given.length === 0 ? [Right.now() + ${shiftMs}] : given)); }
         static now() { return Right.now() + ${shiftMs}; }
       };
       await import(${JSON.stringify(this.#options.runtime.script(service))});`,
    );
    return file;
  }
}

function makeHomes(out: string, { members, scheme }: LocalMembersOptions): void {
  const command = [join(ROOT, 'services/cli/main.ts'), 'testnet', '--members', String(members), '--out', out];
  const made = spawnSync(
    process.execPath,
    [...command, ...(scheme === undefined ? [] : ['--scheme', scheme])],
    {
      encoding: 'utf8',
    },
  );
  if (made.status !== 0) throw new Error(`testnet failed: ${made.stderr}`);
}

/** A killed process holds its files and ports until the kernel has taken it apart. */
async function untilGone(pid: number | undefined): Promise<void> {
  while (pid !== undefined && isAlive(pid)) await sleep(DEATH_POLL_MS);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** A stopped process does not hear SIGTERM. */
function resume(pid: number): void {
  if (isAlive(pid)) process.kill(pid, 'SIGCONT');
}
