import type { Block } from '#libs/chain/block.ts';
import { type Digest, type Epoch, type MemberIndex, toEpoch } from '#libs/chain/ids.ts';
import type { Transaction } from '#libs/chain/transaction.ts';
import type { MessageForm } from '#libs/protocol/message-form.ts';
import { comparePositions, type Position } from '#libs/protocol/vote/position.ts';
import type { Prng } from '#libs/random/prng.ts';
import type { Broken, DelayPlan, Plan, Split } from '../plan/plan.ts';
import { positionIn, splitName } from '../plan/turns.ts';
import type { Schedule } from '../time/schedule.ts';

export const FIRST_EPOCH: Epoch = toEpoch(0n);

/** All that goes over the network. */
export type Envelope<Message> =
  /** A message of the protocol, in an epoch; `written`: the message on the wire, the first one when left out; `form`: whole when left out. */
  | {
      readonly kind: 'protocol';
      readonly message: Message;
      readonly written?: unknown;
      readonly epoch: Epoch;
      readonly form?: MessageForm | undefined;
    }
  /** The messages of whole nodes beside the protocol; `bytes` as on the wire. */
  | { readonly kind: 'peer'; readonly body: unknown; readonly epoch: Epoch; readonly bytes: number }
  | { readonly kind: 'block-request'; readonly digest: Digest }
  | { readonly kind: 'blocks'; readonly blocks: readonly Block[] }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'transactions'; readonly transactions: readonly Transaction[] };

/** One end of the network: an instance of a member. */
export interface Endpoint<Message> {
  /** Position among all instances. */
  readonly instance: number;
  readonly member: MemberIndex;
  receive(from: MemberIndex, envelope: Envelope<Message>): void;
}

/** The step of a view that a message belongs to. */
export interface Step extends Position {
  readonly phase: string;
}

/** The facts about envelopes that the network needs; only asked for where the plan needs them. */
export interface Freight<Message> {
  /** Size on the wire, in bytes. */
  bytes(envelope: Envelope<Message>): number;
  step(message: Message): Step;
}

/** Share of messages that a lossy link loses for good. */
const LOSSY_RATE = 0.7;

/** Longest wait of a message on its way out; a message that would wait longer is dropped: buffers are bounded. */
const QUEUE_MS_MAX = 2_000;

/** Carries messages as the plan has it: late, twice, in another order, or not at all, until the faults end. */
export class Network<Message> {
  readonly #schedule: Schedule;
  readonly #random: Prng;
  readonly #plan: Plan;
  readonly #freight: Freight<Message>;
  readonly #endpoints: Endpoint<Message>[] = [];
  readonly #splits = new Map<string, Split>();
  /** When the uplink of each instance is free again. */
  readonly #freeFromMs = new Map<number, number>();

  constructor(schedule: Schedule, random: Prng, plan: Plan, freight: Freight<Message>) {
    this.#schedule = schedule;
    this.#random = random;
    this.#plan = plan;
    this.#freight = freight;
    for (const split of plan.splits) this.#splits.set(splitName(split, split.phase), split);
  }

  attach(endpoint: Endpoint<Message>): void {
    this.#endpoints.push(endpoint);
  }

  /** Sends to every instance of a member, or of all members but the sender's. */
  send(from: Endpoint<Message>, to: MemberIndex | 'all', envelope: Envelope<Message>): void {
    for (const endpoint of this.#endpoints) {
      const isMeant = to === 'all' ? endpoint.member !== from.member : endpoint.member === to;
      if (isMeant) this.#carry(from, endpoint, envelope);
    }
  }

  #carry(from: Endpoint<Message>, to: Endpoint<Message>, envelope: Envelope<Message>): void {
    const { gstMs, delay, delayAfterGst, lossRate, duplicateRate } = this.#plan;
    if (this.#isBroken(from.member, 'mute') || this.#isBroken(to.member, 'deaf')) return;
    if (this.#schedule.nowMs >= gstMs) return this.#deliver(from, to, envelope, delayAfterGst);
    if (this.#isCut(from.instance, to.instance) || this.#isSplit(from.instance, to.instance, envelope))
      return;
    if (this.#random.chance(lossRate)) return;
    this.#deliver(from, to, envelope, delay);
    if (this.#random.chance(duplicateRate)) this.#deliver(from, to, envelope, delay);
  }

  /** Whether a message is lost for good at a member whose links are broken so, or half of the time at a lossy one. */
  #isBroken(member: MemberIndex, how: Broken['how']): boolean {
    const broken = this.#plan.broken.find((each) => each.member === member);
    if (broken === undefined || this.#schedule.nowMs < broken.fromMs) return false;
    return broken.how === how || (broken.how === 'lossy' && this.#random.chance(LOSSY_RATE));
  }

  #deliver(
    from: Endpoint<Message>,
    to: Endpoint<Message>,
    envelope: Envelope<Message>,
    delay: DelayPlan,
  ): void {
    const queueMs = this.#queueMs(from.instance, envelope);
    if (queueMs > QUEUE_MS_MAX) return;
    const delayMs = queueMs + this.#delayMs(delay);
    this.#schedule.after(delayMs, () => to.receive(from.member, envelope));
  }

  /** How long an envelope waits for those before it on its sender's uplink, and for itself. */
  #queueMs(instance: number, envelope: Envelope<Message>): number {
    const { bandwidth, gstMs } = this.#plan;
    const { nowMs } = this.#schedule;
    if (bandwidth === 0 || nowMs >= gstMs) return 0;
    const freeFromMs = Math.max(this.#freeFromMs.get(instance) ?? 0, nowMs);
    const sentMs = freeFromMs + Math.ceil(this.#freight.bytes(envelope) / bandwidth);
    if (sentMs - nowMs <= QUEUE_MS_MAX) this.#freeFromMs.set(instance, sentMs);
    return sentMs - nowMs;
  }

  #delayMs({ minMs, maxMs, tailRate, tailMs }: DelayPlan): number {
    return this.#random.chance(tailRate) ? this.#random.int(maxMs, tailMs) : this.#random.int(minMs, maxMs);
  }

  #isCut(from: number, to: number): boolean {
    const { nowMs } = this.#schedule;
    return this.#plan.partitions.some(({ fromMs, untilMs, groups, isOneWay }) => {
      if (nowMs < fromMs || nowMs >= untilMs) return false;
      const sender = groups[from] ?? 0;
      const receiver = groups[to] ?? 0;
      return isOneWay ? sender > receiver : sender !== receiver;
    });
  }

  #isSplit(from: number, to: number, envelope: Envelope<Message>): boolean {
    const { last } = this.#plan;
    if ((this.#splits.size === 0 && last === undefined) || envelope.kind !== 'protocol') return false;
    const step = this.#freight.step(envelope.message);
    if (last !== undefined && comparePositions(step, positionIn(last)) > 0) return true;
    const split = this.#splits.get(splitName(step, step.phase)) ?? this.#splits.get(splitName(step));
    return split !== undefined && split.groups[from] !== split.groups[to];
  }
}
