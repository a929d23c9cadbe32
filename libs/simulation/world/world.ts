import { toMemberIndex } from '#libs/chain/ids.ts';
import { type Transaction, transactionOf } from '#libs/chain/transaction.ts';
import type { Membership } from '#libs/membership/membership.ts';
import type { Prng } from '#libs/random/prng.ts';
import { nodeOf, type SimulatedFederation } from '../federation/federation.ts';
import { type AnyInstance, Instance, type NewLife } from '../member/instance.ts';
import { Life } from '../member/life.ts';
import type { SimulatedSubject } from '../member/whole-nodes.ts';
import { instancesOf, type Plan } from '../plan/plan.ts';
import { Clients } from './clients.ts';
import { Faults } from './faults.ts';
import { Operators } from './operators.ts';
import { possess } from './possess.ts';
import { settingOf, type WorldFacts } from './world-setting.ts';

/** A federation in virtual time: instances, network, clients and faults, all of one seed. */
export class World<State, Message, Record> {
  readonly instances: readonly Instance<State, Message, Record>[];
  readonly honest: readonly Instance<State, Message, Record>[];
  readonly clients: Clients;
  /** False when the run wants no more transactions. */
  isOpen = true;
  readonly #operators: Operators;
  readonly #federation: SimulatedFederation;
  readonly #lone: Prng;
  /** Honest instances that are not broken for good. */
  readonly #sound: readonly Instance<State, Message, Record>[];
  #membership: Membership;

  constructor(facts: WorldFacts<State, Message, Record>) {
    const { subject, plan, random, schedule, federation } = facts;
    const setting = settingOf(facts, (node) =>
      this.instances.some((each) => each.member === node && each.isUp),
    );
    const broken = new Set<number>(plan.broken.map(({ member }) => member));
    const newLife = lifeOf(subject, plan);
    this.instances = instancesOf(plan).map((member, instance) => {
      const isHonest = plan.byzantine.every((each) => each.member !== member);
      const own = random.stream(`instance ${instance}`);
      return new Instance(
        setting,
        { instance, member: toMemberIndex(member), isHonest, random: own },
        newLife,
      );
    });
    this.honest = this.instances.filter(({ isHonest }) => isHonest);
    this.#sound = this.honest.filter(({ member }) => !broken.has(member));
    this.#federation = federation;
    this.#lone = random.stream('lone');
    this.#membership = federation.membership;
    for (const instance of this.instances) setting.network.attach(instance);
    for (const { member, actor } of plan.byzantine) {
      const puppet = this.instances.findLast((each) => each.member === member);
      const factory = subject.actors.get(actor);
      if (puppet !== undefined && factory !== undefined) possess(puppet, factory);
    }
    const submit = (member: number, transaction: Parameters<AnyInstance['submit']>[0]) =>
      this.instances[member]?.submit(transaction);
    this.clients = new Clients({
      schedule,
      random: random.stream('clients'),
      plan,
      members: () => this.membership.roster.map(nodeOf),
      submit,
      isFinal: (hash) => this.core.every(({ disk }) => disk.top?.transactions.has(hash) === true),
      isOpen: () => this.isOpen,
    });
    this.#operators = new Operators({
      schedule,
      federation,
      changes: plan.whole?.changes ?? [],
      membership: () => this.membership,
      isHonest: (node) => plan.byzantine.every((each) => each.member !== node),
      height: () => BigInt(Math.max(...this.honest.map(({ disk }) => disk.height))),
      submit,
    });
    const faulty = this.instances as unknown as readonly AnyInstance[];
    new Faults(schedule, random.stream('faults'), plan, faulty).start();
    this.clients.start();
    this.#operators.start();
  }

  /** The members, as the honest node knows them that is furthest. */
  get membership(): Membership {
    for (const { membership } of this.honest) {
      if (membership !== undefined && membership.epoch > this.#membership.epoch)
        this.#membership = membership;
    }
    return this.#membership;
  }

  /** The instances that must make progress: members, honest, and not broken for good. */
  get core(): readonly Instance<State, Message, Record>[] {
    const { nodes } = this.#federation.epochOf(this.membership);
    return this.#sound.filter(({ member }) => nodes.includes(member));
  }

  /** Whether all changes that the operators want are in force. */
  get isSettled(): boolean {
    return this.#operators.isDone;
  }

  /**
   * Gives one member that must make progress a transaction, in the name of another, which does not know of it: a liar or a broken
   * one where there is any. Undefined when it is not listened to there, or is alone.
   */
  giveAlone(): Transaction | undefined {
    const { core } = this;
    const holder = this.#lone.pick(core);
    const members = this.membership.roster.map(nodeOf).filter((node) => node !== holder.member);
    if (members.length === 0) return undefined;
    const gone = members.filter((node) => core.every(({ member }) => member !== node));
    const giver = toMemberIndex(this.#lone.pick(gone.length > 0 ? gone : members));
    const transaction = transactionOf(new Uint8Array(Buffer.from('given to one member alone', 'utf8')));
    const { waiting } = holder;
    holder.receive(giver, { kind: 'transactions', transactions: [transaction] });
    // Something else may wait there, and a giver that is muted is not heard.
    return holder.waiting > waiting ? transaction : undefined;
  }

  /** Ends for good all who lie and all who are broken: the others must come to rest without them. */
  silence(): void {
    for (const instance of this.instances) if (!this.#sound.includes(instance)) instance.retire();
  }

  /** Whether everyone who must make progress has a block of this height. */
  isAt(height: number): boolean {
    return this.core.every(({ disk }) => disk.height >= height);
  }
}

function lifeOf<State, Message, Record>(
  { whole }: SimulatedSubject<State, Message, Record>,
  plan: Plan,
): NewLife<State, Message, Record> {
  if (plan.whole === undefined || whole === undefined) return (owner) => new Life(owner);
  return (owner) => whole.newLife(owner);
}
