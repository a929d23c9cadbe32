import { assert } from '#libs/assert/assert.ts';
import type { MemberIndex } from '#libs/chain/ids.ts';
import { type Transaction, transactionOf } from '#libs/chain/transaction.ts';
import { type Prng, prng } from '#libs/random/prng.ts';
import { NoChance } from '../time/no-chance.ts';
import { Schedule } from '../time/schedule.ts';
import {
  type DecisionCost,
  NOTHING_UNSAID,
  type NoDecision,
  type Unsaid,
  withUnsaid,
} from './decision-cost.ts';
import { foundingParts } from './founding-parts.ts';
import { HostCores } from './host-cores.ts';
import type { LatencySetting, ModelledMessage } from './latency-setting.ts';
import { Lines } from './lines.ts';
import type { ModelledBlocks } from './modelled-blocks.ts';
import { ModelledMember } from './modelled-member.ts';
import type { Finality, ModelledWorld } from './modelled-world.ts';

/** Views beyond those that are to fail, after which a decision counts as one that never comes. */
const VIEWS_TO_SPARE = 3;
/** Messages of each member that are too large to be sent: it says them again and again, and nobody hears one. */
const UNSAID_EACH_MAX = 2;

/** A federation of the model, one decision after the other on a chain that is quiet before each. */
export class ModelledFederation {
  readonly #setting: LatencySetting;
  readonly #random: Prng;
  readonly #schedule: Schedule;
  readonly #lines: Lines;
  readonly #world: ModelledWorld;
  readonly #members: readonly ModelledMember[];
  #wanted: Transaction | undefined;
  #latencies = new Map<MemberIndex, number>();
  #sinceMs = 0;
  #proposer: MemberIndex | undefined;
  #messages = 0;
  #unsaid: Unsaid = NOTHING_UNSAID;

  constructor(setting: LatencySetting) {
    this.#setting = setting;
    const { seed, rates, members, cores, hosts } = setting;
    this.#random = prng(seed);
    // Events of one moment happen in the order in which they were planned: processes and lines have queues.
    this.#schedule = new Schedule(new NoChance());
    this.#lines = new Lines(this.#schedule, this.#random.stream('lines'), rates, members);
    this.#world = this.#worldOf(setting);
    const shared = hosts === 'shared' ? new HostCores(this.#schedule, cores) : undefined;
    this.#members = Array.from(
      { length: members },
      (_, me) => new ModelledMember(this.#world, me, shared ?? new HostCores(this.#schedule, cores)),
    );
    for (const member of this.#members) member.start();
    while (!this.#schedule.isEmpty) this.#schedule.step();
  }

  /** The blocks that were made in it. */
  get blocks(): ModelledBlocks {
    return this.#world.blocks;
  }

  /** Decides one transaction; the leaders of the first `failures` views say nothing. */
  decide(failures: number): DecisionCost | NoDecision {
    this.#begin(failures);
    const sentBefore = this.#lines.sentBytes();
    const cpuBefore = this.#members.map(({ account }) => account.cpuMs);
    const { silent } = this.#world;
    while (this.#latencies.size < this.#members.length) {
      if (this.#isHopeless(failures)) return this.#nothing();
      this.#schedule.step();
    }
    while (!this.#schedule.isEmpty) this.#schedule.step();
    assert(this.#proposer !== undefined, 'a final block has a proposer');
    return {
      latenciesMs: [...this.#latencies.values()],
      timeoutMs: silent.timeoutMs,
      leader: this.#proposer,
      sentBytes: [...this.#lines.sentBytes()].map((bytes, at) => bytes - (sentBefore[at] ?? 0)),
      cpuMs: this.#members.map(({ account }, at) => account.cpuMs - (cpuBefore[at] ?? 0)),
      messages: this.#messages,
    };
  }

  /** Nothing happens any more, nothing can be said, or one view after the other fails that is not to. */
  #isHopeless(failures: number): boolean {
    const views = failures + VIEWS_TO_SPARE;
    const { viewTimeoutMsMax } = this.#setting.timing;
    return (
      this.#schedule.isEmpty ||
      this.#world.silent.views > views ||
      this.#unsaid.unsaid > UNSAID_EACH_MAX * this.#members.length ||
      this.#schedule.nowMs - this.#sinceMs > 2 * views * viewTimeoutMsMax
    );
  }

  #begin(failures: number): void {
    const { silent } = this.#world;
    const giver = this.#random.pick(this.#members);
    const bytes = new Uint8Array(this.#setting.transactionBytes);
    new DataView(bytes.buffer).setFloat64(0, this.#random.next());
    this.#wanted = transactionOf(bytes);
    this.#latencies = new Map();
    this.#proposer = undefined;
    this.#messages = 0;
    this.#unsaid = NOTHING_UNSAID;
    this.#sinceMs = this.#schedule.nowMs;
    silent.begin(failures);
    giver.submit(this.#wanted);
  }

  #nothing(): NoDecision {
    return {
      views: this.#world.silent.views,
      ...this.#unsaid,
    };
  }

  #finalised({ member, blocks, atMs }: Finality): void {
    const block = blocks.find(({ transactions }) => transactions.some((each) => each === this.#wanted));
    if (block === undefined) return;
    this.#latencies.set(member, atMs - this.#sinceMs);
    this.#proposer ??= block.header.proposer;
  }

  #worldOf(setting: LatencySetting): ModelledWorld {
    return {
      ...foundingParts(setting),
      schedule: this.#schedule,
      carry: (from, to, message) => this.#carry(from, to, message),
      unsaid: (bytes) => {
        this.#unsaid = withUnsaid(this.#unsaid, bytes);
      },
      finalised: (finality) => this.#finalised(finality),
    };
  }

  #carry(from: MemberIndex, to: MemberIndex, message: ModelledMessage): void {
    this.#messages += 1;
    const { bytes } = message;
    this.#lines.send({ from, to, bytes, arrived: () => this.#members[to]?.hear(from, message) });
  }
}
