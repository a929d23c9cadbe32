import type { MemberIndex } from '#libs/chain/ids.ts';
import type { HostedRecord, HostedState, ProtocolMessage } from '#libs/protocol/hosting/hosted-protocol.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import type { SimulatedEpoch } from '../federation/federation.ts';
import type { PortsOwner } from '../member/ports-owner.ts';
import type { Setting } from '../member/setting.ts';
import { settingIn } from '../member/setting.ts';
import type { Actor } from '../subject/actor.ts';
import type { Observer } from '../subject/observer.ts';

type Owner = PortsOwner<HostedState, ProtocolMessage, HostedRecord>;
type HostedObserver = Observer<ProtocolMessage, HostedRecord>;

/** One life of an instance. After its end none of its calls has an effect. */
export class NodeOwner {
  readonly #owner: Owner;
  isAlive = true;

  constructor(owner: Owner) {
    this.#owner = owner;
  }

  get setting(): Owner['setting'] {
    return this.#owner.setting;
  }

  get endpoint(): Owner['endpoint'] {
    return this.#owner.endpoint;
  }

  get disk(): Owner['disk'] {
    return this.#owner.disk;
  }

  get random(): Owner['random'] {
    return this.#owner.random;
  }

  get clock(): Owner['clock'] {
    return this.#owner.clock;
  }

  get isHonest(): boolean {
    return this.#owner.isHonest;
  }

  get actorFactory(): Owner['actorFactory'] {
    return this.#owner.actorFactory;
  }

  effect(name: string, run: () => void): void {
    if (this.isAlive) this.#owner.effect(name, run);
  }

  later(delayMs: number, run: () => void): void {
    if (!this.isAlive) return;
    this.#owner.later(delayMs, () => {
      if (this.isAlive) run();
    });
  }

  halted(cause: unknown): void {
    if (this.isAlive) this.#owner.halted(cause);
  }

  note(text: string): void {
    const { trace, schedule } = this.setting;
    trace.note(`${schedule.nowMs} ${this.endpoint.instance} ${text}`);
  }

  /** Tells the checkers of all epochs, if they hold this node to the rules. */
  observe(tell: (observer: HostedObserver) => void): void {
    if (this.isHonest && this.isAlive) tell(this.setting.observer);
  }
}

/** A node in one epoch, for which the ports of a replica act. */
export class EpochSeat implements Owner {
  readonly setting: Setting<HostedState, ProtocolMessage, HostedRecord>;
  readonly endpoint: Owner['endpoint'];
  readonly epoch: SimulatedEpoch;
  /** Position in the set of the epoch; undefined for a guest. */
  readonly me: MemberIndex | undefined;
  readonly freeSigner: ((statement: VoteStatement) => Uint8Array) | undefined;
  readonly actorFactory: Owner['actorFactory'];
  actor: Actor<ProtocolMessage> | undefined;
  readonly #owner: NodeOwner;

  constructor(owner: NodeOwner, epoch: SimulatedEpoch) {
    const { instance, member: node } = owner.endpoint;
    const place = epoch.nodes.indexOf(node);
    this.#owner = owner;
    this.epoch = epoch;
    this.setting = settingIn(owner.setting, epoch);
    this.me = place < 0 ? undefined : (place as MemberIndex);
    this.endpoint = { instance, member: this.me ?? node, receive: () => {} };
    this.actorFactory = owner.actorFactory;
    const isFree = this.me !== undefined && owner.actorFactory !== undefined;
    this.freeSigner = isFree ? epoch.authority.signerOf(this.endpoint.member) : undefined;
  }

  get disk(): Owner['disk'] {
    return this.#owner.disk;
  }

  get random(): Owner['random'] {
    return this.#owner.random;
  }

  get clock(): Owner['clock'] {
    return this.#owner.clock;
  }

  get isHonest(): boolean {
    return this.#owner.isHonest;
  }

  effect(name: string, run: () => void): void {
    this.#owner.effect(name, run);
  }

  later(delayMs: number, run: () => void): void {
    this.#owner.later(delayMs, run);
  }

  transmit(): void {
    throw new Error('a whole node sends through its peers');
  }

  halted(cause: unknown): void {
    this.#owner.halted(cause);
  }

  /** Tells the checkers of this epoch. */
  observe(tell: (observer: HostedObserver) => void): void {
    if (this.isHonest && this.#owner.isAlive) tell(this.setting.observer);
  }
}
