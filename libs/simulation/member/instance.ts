import type { MemberIndex } from '#libs/chain/ids.ts';
import type { Transaction } from '#libs/chain/transaction.ts';
import type { Membership } from '#libs/membership/membership.ts';
import type { Statement } from '#libs/protocol/statement.ts';
import type { Prng } from '#libs/random/prng.ts';
import { Disk, DiskFullError } from '../disk/disk.ts';
import { type Endpoint, type Envelope, FIRST_EPOCH } from '../network/network.ts';
import type { Actor, ActorFactory } from '../subject/actor.ts';
import type { PortsOwner } from './ports-owner.ts';
import type { Process } from './process.ts';
import type { Setting } from './setting.ts';

/** Ends a life in the middle of its effects. Caught where events happen. */
class SimulatedCrash extends Error {
  override readonly name = 'SimulatedCrash';
}

interface Fuse {
  effects: number;
  readonly isAfter: boolean;
  readonly blown: () => void;
}

/** Wall clock at the start of a run: clocks may be hours off, but not before 1970. */
const EPOCH_MS = 1_000_000_000_000;

export interface InstanceFacts {
  readonly instance: number;
  readonly member: MemberIndex;
  readonly isHonest: boolean;
  readonly random: Prng;
}

/** Makes the process that an instance runs. */
export type NewLife<State, Message, Record> = (
  owner: Instance<State, Message, Record>,
) => Process<State, Message>;

/** One instance of a member: a disk that lasts, and one life after another. */
export class Instance<State, Message, Record>
  implements PortsOwner<State, Message, Record>, Endpoint<Message>
{
  readonly setting: Setting<State, Message, Record>;
  readonly instance: number;
  readonly member: MemberIndex;
  readonly isHonest: boolean;
  readonly random: Prng;
  readonly disk: Disk<Record>;
  actor: Actor<Message> | undefined;
  /** Makes the actor of a whole node: one in each epoch that the node is a member of. */
  actorFactory: ActorFactory<Message> | undefined;
  freeSigner: ((statement: Statement) => Uint8Array) | undefined;
  /** Effects done so far, over all lives. */
  effects = 0;
  /** Called when the disk was full and the replica stopped: someone starts it again. */
  stopped: () => void = () => {};
  readonly #newLife: NewLife<State, Message, Record>;
  #life: Process<State, Message> | undefined;
  #fuse: Fuse | undefined;
  #awakeFromMs = 0;
  /** Whether it is down for good: planned messages of its actor are dropped too. */
  isRetired = false;

  constructor(
    setting: Setting<State, Message, Record>,
    { instance, member, isHonest, random }: InstanceFacts,
    newLife: NewLife<State, Message, Record>,
  ) {
    this.#newLife = newLife;
    this.setting = setting;
    this.instance = instance;
    this.member = member;
    this.isHonest = isHonest;
    this.random = random;
    this.disk = new Disk(setting.judge.genesis, setting.scope);
  }

  get endpoint(): Endpoint<Message> {
    return this;
  }

  get isUp(): boolean {
    return this.#life !== undefined;
  }

  /** Starts a life; not when durable data have decayed, because then its promises are unknown. */
  start(): void {
    if (this.#life !== undefined || this.isRetired) return;
    if (!this.disk.isSound()) return this.note('refuses to start: what was durable is corrupt');
    this.note('start');
    if (this.isHonest) this.setting.observer.started(this.instance, this.disk.height);
    const life = this.#newLife(this);
    this.#life = life;
    this.#guard(() => life.start());
  }

  crash(): void {
    this.note('crash');
    this.#life?.stop();
    this.#life = undefined;
    this.#fuse = undefined;
  }

  /** Crashes, and never starts again. */
  retire(): void {
    this.isRetired = true;
    this.crash();
  }

  /** Crashes at an effect to come, and tells `blown`; undefined puts the fuse out. */
  light(fuse: Fuse | undefined): void {
    if (this.isUp) this.#fuse = fuse;
  }

  /** Sets the fuse before the first start. */
  arm(fuse: Fuse): void {
    this.#fuse = fuse;
  }

  /** Stands still: inputs and planned work are handled at the end of the pause. */
  pause(forMs: number): void {
    this.note(`pause ${forMs}`);
    this.#awakeFromMs = Math.max(this.#awakeFromMs, this.setting.schedule.nowMs + forMs);
  }

  receive(from: MemberIndex, envelope: Envelope<Message>): void {
    this.#whenAwake(() => {
      const life = this.#life;
      if (life === undefined) return;
      if (envelope.kind === 'protocol') {
        this.note(`from ${from}: ${this.setting.subject.describe(envelope.message)}`);
      }
      this.#guard(() => life.receive(from, envelope));
    });
  }

  /** Blocks and transactions that somebody waits for in this life; 0 when it is down. */
  get waiting(): number {
    return this.#life?.waiting ?? 0;
  }

  /** The members that decide after its newest block; undefined where members never change, and while it is down. */
  get membership(): Membership | undefined {
    return this.#life?.membership;
  }

  /** The newest state of the protocol, as far as it is watched. */
  get state(): State | undefined {
    return this.#life?.state;
  }

  peerConnected(member: MemberIndex): void {
    this.#whenAwake(() => this.#guard(() => this.#life?.peerConnected(member)));
  }

  submit(transaction: Transaction): void {
    this.#whenAwake(() => this.#guard(() => this.#life?.submit(transaction)));
  }

  effect(name: string, run: () => void): void {
    this.effects += 1;
    const fuse = this.#fuse;
    if (fuse === undefined) return run();
    fuse.effects -= 1;
    if (fuse.effects > 0) return run();
    if (fuse.isAfter) run();
    else if (name === 'save' && this.setting.plan.losesUnsynced) this.disk.tear();
    this.note(`crash ${fuse.isAfter ? 'after' : 'before'} ${name}`);
    this.crash();
    fuse.blown();
    throw new SimulatedCrash(name);
  }

  later(delayMs: number, run: () => void): void {
    const life = this.#life;
    this.setting.schedule.after(delayMs, () =>
      this.#whenAwake(() => {
        if (this.#life === life && life !== undefined) this.#guard(run);
      }),
    );
  }

  clockMs(ms: number): number {
    return Math.round(ms * (this.setting.plan.clocks[this.instance]?.rate ?? 1));
  }

  wallClockMs(): bigint {
    const { schedule, plan } = this.setting;
    return BigInt(EPOCH_MS + schedule.nowMs + (plan.clocks[this.instance]?.offsetMs ?? 0));
  }

  transmit(to: MemberIndex | 'all', message: Message): void {
    if (this.actor !== undefined) return this.actor.outgoing(to, message);
    if (this.isHonest) this.setting.observer.transmitted(this.instance, message);
    this.setting.network.send(this, to, { kind: 'protocol', message, epoch: FIRST_EPOCH });
  }

  halted(cause: unknown): void {
    if (cause instanceof SimulatedCrash) return;
    this.note(`halted: ${String(cause)}`);
    if (cause instanceof DiskFullError) {
      this.crash();
      return this.stopped();
    }
    if (this.isHonest) this.setting.observer.halted(this.instance, cause);
  }

  note(text: string): void {
    this.setting.trace.note(`${this.setting.schedule.nowMs} ${this.instance} ${text}`);
  }

  #whenAwake(run: () => void): void {
    const { schedule } = this.setting;
    const waitMs = this.#awakeFromMs - schedule.nowMs;
    if (waitMs <= 0) run();
    else schedule.after(waitMs, () => this.#whenAwake(run));
  }

  #guard(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.halted(error);
    }
  }
}

/** An instance of any protocol, for faults. */
export type AnyInstance = Instance<unknown, unknown, unknown>;
