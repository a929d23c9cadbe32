import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from '#test/support/programs/processes.ts';
import { within } from '#test/support/within.ts';
import {
  CARDS_HOST,
  CARDS_PORT,
  cardOf,
  type DirectedLink,
  type LinkRule,
  linksBetween,
  NO_RULE,
  networkId,
  SWITCH_HOST,
  type SwitchOrder,
  switchPort,
} from './network-plan.ts';

const SWITCH = new URL('./network-switch.ts', import.meta.url).pathname;
const COMMAND_MS_MAX = 300_000;
const PREFIX = 'btcfed-lab';

/** The MTU of most networks; on the way to the switch frames are 50 bytes longer. */
const MTU = 1_500;
const CABLE_MTU = 9_000;

/** Name of the card of a member, in its namespace. */
const CARD = 'net0';

let labs = 0;

/**
 * A network namespace for each member, joined by a switch in user space that delays, loses and cuts as a test wants it.
 * Nothing of it can be seen or met outside: the switch has a namespace of its own. Needs root and iproute2.
 */
export class NetworkLab implements AsyncDisposable {
  readonly members: number;
  readonly #name: string;
  #switch: ChildProcess | undefined;
  #serial = 0;

  private constructor(members: number) {
    this.members = members;
    labs += 1;
    this.#name = `${PREFIX}-${process.pid}-${labs}`;
  }

  /** Why no lab can be made on this machine; undefined when one can. */
  static problem(): string | undefined {
    if (process.getuid?.() !== 0) return 'network namespaces need root';
    const { error, status, stderr } = tried(['netns', 'list']);
    if (error !== undefined) return 'there is no ip command: apt-get install iproute2';
    if (status !== 0) return `network namespaces are refused: ${stderr.trim()}`;
    const name = `${PREFIX}-${process.pid}-probe`;
    const steps = [
      ['netns', 'add', name],
      ['-n', name, 'link', 'add', 'probe', 'type', 'vxlan', 'id', '1', 'dstport', '4789'],
    ];
    const refused = steps.map((step) => tried(step)).find((step) => step.status !== 0);
    tried(['netns', 'delete', name]);
    return refused === undefined ? undefined : `network namespaces are refused: ${refused.stderr.trim()}`;
  }

  static async open(members: number): Promise<NetworkLab> {
    removeLeftovers();
    const lab = new NetworkLab(members);
    try {
      lab.#build();
      await lab.#startSwitch();
      return lab;
    } catch (error) {
      await lab[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** A command in the namespace of a member. */
  inMember(index: number, ...command: readonly string[]): readonly [string, ...string[]] {
    return inNamespace(this.#memberName(index), command);
  }

  /** Writes a program that is Node in the namespace of a member. */
  nodeOf(index: number, node: string, folder: string): string {
    const file = join(folder, `node-of-m${index}`);
    writeFileSync(file, `#!/bin/sh\nexec ${this.inMember(index, node).join(' ')} "$@"\n`, { mode: 0o755 });
    return file;
  }

  /** Frames in these directions are treated so from now on. */
  async rule(links: readonly DirectedLink[], rule: LinkRule): Promise<void> {
    this.#serial += 1;
    const order: SwitchOrder = { serial: this.#serial, links: links.map((link) => ({ ...link, rule })) };
    const running = this.#switch;
    if (running === undefined) throw new Error('the switch does not run');
    const done = once(running, 'message');
    running.send(order);
    await within('an answer of the switch', done);
  }

  /** All links are as new. */
  heal(): Promise<void> {
    const all = Array.from({ length: this.members }, (_, index) => index);
    return this.rule(linksBetween(all, all), NO_RULE);
  }

  /** Takes the card of a member down, or up again. */
  setCard(index: number, state: 'up' | 'down'): void {
    this.#inMember(index, 'link', 'set', CARD, state);
  }

  /** Gives a member another address in the place of the one it had. */
  changeAddress(index: number, from: string, to: string): void {
    this.#inMember(index, 'address', 'del', `${from}/24`, 'dev', CARD);
    this.#inMember(index, 'address', 'add', `${to}/24`, 'dev', CARD);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const running = this.#switch;
    if (running?.pid !== undefined && running.exitCode === null && running.signalCode === null) {
      const gone = once(running, 'exit');
      running.kill('SIGKILL');
      await within('the end of the switch', gone);
    }
    for (const name of namespaces().filter((each) => each.startsWith(`${this.#name}-`))) {
      tried(['netns', 'delete', name]);
    }
  }

  #build(): void {
    const [wire, hub] = [this.#wireName, this.#switchName];
    for (const name of [wire, hub]) run('ip', ['netns', 'add', name]);
    const cable = ['cable', 'mtu', `${CABLE_MTU}`];
    this.#onWire('ip', 'link', 'add', ...cable, 'type', 'veth', 'peer', ...cable, 'netns', hub);
    for (const [name, address] of [
      [wire, CARDS_HOST],
      [hub, SWITCH_HOST],
    ] as const) {
      run('ip', ['-n', name, 'address', 'add', `${address}/24`, 'dev', 'cable']);
      run('ip', ['-n', name, 'link', 'set', 'cable', 'up']);
    }
    for (let index = 0; index < this.members; index++) this.#addMember(index);
  }

  /** A card that is made on the wire and then moved keeps its end there. */
  #addMember(index: number): void {
    const { ip, mac } = cardOf(index);
    const name = this.#memberName(index);
    const made = `card${index}`;
    const vxlan = ['type', 'vxlan', 'id', `${networkId(index)}`, 'dstport', `${CARDS_PORT}`, 'nolearning'];
    const cable = ['dst', SWITCH_HOST, 'port', `${switchPort(index)}`];
    run('ip', ['netns', 'add', name]);
    this.#onWire('ip', 'link', 'add', made, 'address', mac, 'mtu', `${MTU}`, ...vxlan);
    this.#onWire('bridge', 'fdb', 'append', '00:00:00:00:00:00', 'dev', made, ...cable);
    this.#onWire('ip', 'link', 'set', made, 'netns', name, 'name', CARD);
    this.#inMember(index, 'link', 'set', 'lo', 'up');
    this.#inMember(index, 'address', 'add', `${ip}/24`, 'dev', CARD);
    this.#inMember(index, 'link', 'set', CARD, 'up');
  }

  async #startSwitch(): Promise<void> {
    const command = [process.execPath, SWITCH, String(this.members)];
    const [enter, ...args] = inNamespace(this.#switchName, command);
    const started = spawn(enter, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.#switch = started;
    const ended = once(started, 'exit').then(() => Promise.reject(new Error('the switch ended')));
    ended.catch(() => undefined);
    await within('the start of the switch', Promise.race([once(started, 'message'), ended]));
  }

  get #wireName(): string {
    return `${this.#name}-wire`;
  }

  get #switchName(): string {
    return `${this.#name}-switch`;
  }

  #memberName(index: number): string {
    return `${this.#name}-m${index}`;
  }

  #inMember(index: number, ...args: readonly string[]): void {
    run('ip', ['-n', this.#memberName(index), ...args]);
  }

  #onWire(command: 'ip' | 'bridge', ...args: readonly string[]): void {
    run(command, ['-n', this.#wireName, ...args]);
  }
}

/** `ip netns exec` would give the command other mounts too. */
function inNamespace(name: string, command: readonly string[]): readonly [string, ...string[]] {
  return ['/usr/bin/nsenter', `--net=/run/netns/${name}`, ...command];
}

/** Namespaces of tests that were killed outlive them. */
function removeLeftovers(): void {
  for (const name of namespaces()) {
    const pid = Number(/^btcfed-lab-(\d+)-/.exec(name)?.[1]);
    if (pid > 0 && !isAlive(pid)) tried(['netns', 'delete', name]);
  }
}

function namespaces(): readonly string[] {
  const { stdout } = tried(['netns', 'list']);
  return stdout.split('\n').flatMap((line) => line.split(' ')[0] ?? []);
}

function run(command: 'ip' | 'bridge', args: readonly string[]): void {
  const { status, stderr } = tried(args, command);
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
}

function tried(args: readonly string[], command = 'ip') {
  return spawnSync(command, args, { encoding: 'utf8', timeout: COMMAND_MS_MAX });
}
