import type { MemberIndex } from '#libs/chain/ids.ts';
import type { Transaction } from '#libs/chain/transaction.ts';
import type { Membership } from '#libs/membership/membership.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import type { Prng } from '#libs/random/prng.ts';
import { Disk, DiskFullError } from '../disk/disk.ts';
import { type Endpoint, type Envelope, FIRST_EPOCH } from '../network/network.ts';
import type { Actor, ActorFactory } from '../subject/actor.ts';
import { CrashFuse, type CrashPlan } from './crash-fuse.ts';
import { InstanceClock } from './instance-clock.ts';
import { Lives } from './lives.ts';
import type { PortsOwner } from './ports-owner.ts';
import type { Process } from './process.ts';
import type { Setting } from './setting.ts';

/** Ends a life in the middle of its effects. Caught where events happen. */
class SimulatedCrash extends Error {
  override readonly name = 'SimulatedCrash';
}

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
  freeSigner: ((statement: VoteStatement) => Uint8Array) | undefined;
  readonly clock: InstanceClock;
  /** Called when the disk was full and the replica stopped: someone starts it again. */
  stopped: () => void = () => {};
  readonly #newLife: NewLife<State, Message, Record>;
  readonly #lives: Lives<State, Message>;
  readonly #fuse = new CrashFuse();
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
    this.disk = new Disk(setting.judge.genesis, setting.scope, setting.table);
    this.clock = new InstanceClock(setting.schedule, setting.plan.clocks[instance]);
    this.#lives = new Lives(setting.schedule, (error) => this.halted(error));
  }

  get endpoint(): Endpoint<Message> {
    return this;
  }

  get isUp(): boolean {
    return this.#lives.current !== undefined;
  }

  /** Starts a life; not when durable data have decayed, because then its promises are unknown. */
  start(): void {
    if (this.isUp || this.isRetired) return;
    if (!this.disk.isSound()) return this.note('refuses to start: what was durable is corrupt');
    this.note('start');
    if (this.isHonest) this.setting.observer.started(this.instance, this.disk.height);
    this.#lives.begin(this.#newLife(this));
  }

  crash(): void {
    this.note('crash');
    this.#lives.end();
    this.#fuse.light(undefined);
  }

  /** Crashes, and never starts again. */
  retire(): void {
    this.isRetired = true;
    this.crash();
  }

  /** Effects done so far, over all lives. */
  get effects(): number {
    return this.#fuse.effects;
  }

  /** Crashes at an effect to come of this life; undefined puts the fuse out. */
  light(crash: CrashPlan | undefined): void {
    if (this.isUp) this.#fuse.light(crash);
  }

  /** Sets the fuse before the first start. */
  arm(crash: CrashPlan): void {
    this.#fuse.light(crash);
  }

  /** Stands still: inputs and planned work are handled at the end of the pause. */
  pause(forMs: number): void {
    this.note(`pause ${forMs}`);
    this.#lives.pause(forMs);
  }

  receive(from: MemberIndex, envelope: Envelope<Message>): void {
    this.#lives.give((life) => {
      if (envelope.kind === 'protocol') {
        this.note(`from ${from}: ${this.setting.subject.describe(envelope.message)}`);
      }
      life.receive(from, envelope);
    });
  }

  /** Blocks and transactions that somebody waits for in this life; 0 when it is down. */
  get waiting(): number {
    return this.#lives.current?.waiting ?? 0;
  }

  /** The members that decide after its newest block; undefined where members never change, and while it is down. */
  get membership(): Membership | undefined {
    return this.#lives.current?.membership;
  }

  /** The newest state of the protocol, as far as it is watched. */
  get state(): State | undefined {
    return this.#lives.current?.state;
  }

  peerConnected(member: MemberIndex): void {
    this.#lives.give((life) => life.peerConnected(member));
  }

  submit(transaction: Transaction): void {
    this.#lives.give((life) => life.submit(transaction));
  }

  effect(name: string, run: () => void): void {
    const crash = this.#fuse.burn();
    if (crash === undefined) return run();
    if (crash.isAfter) run();
    else if (name === 'save' && this.setting.plan.losesUnsynced) this.disk.tear();
    this.note(`crash ${crash.isAfter ? 'after' : 'before'} ${name}`);
    this.crash();
    crash.blown();
    throw new SimulatedCrash(name);
  }

  later(delayMs: number, run: () => void): void {
    this.#lives.later(delayMs, run);
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
}

/** An instance of any protocol, for faults. */
export type AnyInstance = Instance<unknown, unknown, unknown>;
