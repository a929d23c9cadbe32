import { toMemberIndex, type View } from '../chain/ids.ts';
import type { SigningScope } from '../protocol/statement.ts';
import type { ValidatorSet } from '../protocol/validator-set.ts';
import type { Prng } from '../random/prng.ts';
import type { BlockJudge } from './block-judge.ts';
import { Clients } from './clients.ts';
import { type AnyInstance, Faults } from './faults.ts';
import { Instance } from './instance.ts';
import { type Freight, Network } from './network.ts';
import type { Observer } from './observer.ts';
import { instancesOf, leaderOf, type Plan } from './plan.ts';
import type { Schedule } from './schedule.ts';
import type { Setting } from './setting.ts';
import type { SignatureAuthority } from './signatures.ts';
import type { ActorFactory, Subject } from './subject.ts';
import type { Trace } from './trace.ts';

export interface WorldFacts<State, Message, Record> {
  readonly subject: Subject<State, Message, Record>;
  readonly plan: Plan;
  readonly random: Prng;
  readonly schedule: Schedule;
  readonly trace: Trace;
  readonly judge: BlockJudge;
  readonly set: ValidatorSet;
  readonly authority: SignatureAuthority;
  readonly scope: SigningScope;
  readonly observer: Observer<Message, Record>;
}

const TIMING = { viewTimeoutMs: 300, viewTimeoutMsMax: 3_000 };

/** A federation in virtual time: instances, network, clients and faults, all of one seed. */
export class World<State, Message, Record> {
  readonly instances: readonly Instance<State, Message, Record>[];
  readonly honest: readonly Instance<State, Message, Record>[];
  /** Those who must make progress: honest, and not broken for good. */
  readonly core: readonly Instance<State, Message, Record>[];
  readonly clients: Clients;
  /** Cleared when the run wants no more transactions. */
  isOpen = true;

  constructor(facts: WorldFacts<State, Message, Record>) {
    const { subject, plan, random, schedule } = facts;
    const setting = settingOf(facts);
    const broken = new Set<number>(plan.broken.map(({ member }) => member));
    this.instances = instancesOf(plan).map((member, instance) => {
      const isHonest = plan.byzantine.every((each) => each.member !== member);
      const own = random.stream(`instance ${instance}`);
      return new Instance(setting, { instance, member: toMemberIndex(member), isHonest, random: own });
    });
    this.honest = this.instances.filter(({ isHonest }) => isHonest);
    this.core = this.honest.filter(({ member }) => !broken.has(member));
    for (const instance of this.instances) setting.network.attach(instance);
    for (const { member, actor } of plan.byzantine) {
      const puppet = this.instances.findLast((each) => each.member === member);
      const factory = subject.actors.get(actor);
      if (puppet !== undefined && factory !== undefined) possess(puppet, factory);
    }
    this.clients = new Clients({
      schedule,
      random: random.stream('clients'),
      plan,
      submit: (member, transaction) => this.instances[member]?.submit(transaction),
      isFinal: (hash) => this.core.every(({ disk }) => disk.top?.transactions.has(hash) === true),
      isOpen: () => this.isOpen,
    });
    const faulty = this.instances as unknown as readonly AnyInstance[];
    new Faults(schedule, random.stream('faults'), plan, faulty).start();
    this.clients.start();
  }

  /** Whether everyone who must make progress has a block of this height. */
  isAt(height: number): boolean {
    return this.core.every(({ disk }) => disk.height >= height);
  }
}

function settingOf<State, Message, Record>({
  random,
  ...facts
}: WorldFacts<State, Message, Record>): Setting<State, Message, Record> {
  const { subject, plan, schedule, judge } = facts;
  return {
    ...facts,
    network: new Network(schedule, random.stream('network'), plan, freightOf(subject)),
    timing: TIMING,
    genesis: judge.genesis.block.digest,
    leader: (view: View) => leaderOf(plan, view),
  };
}

const SIGNATURE_BYTES = 17_088;
const MESSAGE_BYTES = 300;

/** Sizes as on the wire with the signatures of production: they are nearly all of a message. */
function freightOf<State, Message, Record>({
  module,
  step,
}: Subject<State, Message, Record>): Freight<Message> {
  return {
    step,
    bytes: (envelope) => {
      switch (envelope.kind) {
        case 'protocol':
          return MESSAGE_BYTES + module.claims(envelope.message).length * SIGNATURE_BYTES;
        case 'block-request':
          return MESSAGE_BYTES;
        case 'bytes':
          return envelope.bytes.length;
        case 'blocks':
          return envelope.blocks.length * MESSAGE_BYTES;
        case 'transactions':
          return envelope.transactions.length * MESSAGE_BYTES;
      }
    },
  };
}

/** Puts an actor between a replica and the network, and takes the guard off its key. */
function possess<State, Message, Record>(
  puppet: Instance<State, Message, Record>,
  factory: ActorFactory<Message>,
): void {
  const { setting, member, random, disk } = puppet;
  const { judge, network, set, genesis, leader } = setting;
  const sign = setting.authority.signerOf(member);
  puppet.freeSigner = sign;
  puppet.actor = factory({
    me: member,
    set,
    genesis,
    random: random.stream('actor'),
    leader,
    sign,
    send: (to, message) => network.send(puppet, to, { kind: 'protocol', message }),
    sendBlocks: (to, blocks) => network.send(puppet, to, { kind: 'blocks', blocks }),
    sendBytes: (to, bytes) => network.send(puppet, to, { kind: 'bytes', bytes }),
    codec: setting.subject.codec,
    after: (delayMs, run) => setting.schedule.after(delayMs, run),
    makeBlock: (view, parent, salt, timestampMs = 0n) => {
      const held = disk.blocks.get(parent);
      if (held === undefined) return undefined;
      const transactions = salt === '' ? [] : [new Uint8Array(Buffer.from(salt, 'utf8'))];
      const built = judge.build({ view, proposer: member, transactions, nowMs: timestampMs }, held);
      disk.put(built);
      return built.block;
    },
  });
}
