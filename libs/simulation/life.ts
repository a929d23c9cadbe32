import type { MemberIndex } from '../chain/ids.ts';
import { genesisRoot } from '../protocol/certificate.ts';
import type { ProtocolModule } from '../protocol/module.ts';
import { Replica } from '../replica/replica.ts';
import { Blocks } from './blocks.ts';
import { Mempool, type NamedTransaction } from './mempool.ts';
import type { Envelope } from './network.ts';
import { type PortsOwner, simulatedPorts } from './ports.ts';

const GOSSIP_MS = 300;

/** One member's process from start to crash: all that a crash loses. */
export class Life<State, Message, Record> {
  readonly #owner: PortsOwner<State, Message, Record>;
  readonly #mempool = new Mempool();
  readonly #blocks: Blocks;
  readonly #replica: Replica<State, Message, Record>;
  #gossips = false;
  #work = false;

  constructor(owner: PortsOwner<State, Message, Record>) {
    this.#owner = owner;
    const { setting, disk, endpoint } = owner;
    const { subject, genesis, scope, set, timing, judge } = setting;
    const me = endpoint.member;
    this.#blocks = new Blocks({
      me,
      members: set.members.length,
      judge,
      disk,
      mempool: this.#mempool,
      later: (delayMs, run) => owner.later(delayMs, run),
      request: (to, digest) => this.#send(to, { kind: 'block-request', digest }),
      nowMs: () => owner.wallClockMs(),
      committed: (held) => {
        if (owner.isHonest) setting.observer.committed(endpoint.instance, held);
      },
      contradicted: (decided, final) => {
        if (owner.isHonest) setting.observer.contradicted(endpoint.instance, decided, final);
      },
      grown: () => this.#adjustWork(),
    });
    const { leader } = setting;
    const root = genesisRoot(genesis);
    const context = { me, set, scope, root, timing, leader, restored: disk.record, tip: disk.tip };
    const ports = simulatedPorts(owner, this.#blocks);
    const module = owner.isHonest ? watched(owner) : subject.module;
    this.#replica = new Replica(module, context, ports);
  }

  get replica(): Replica<State, Message, Record> {
    return this.#replica;
  }

  receive(from: MemberIndex, envelope: Envelope<Message>): void {
    switch (envelope.kind) {
      case 'protocol':
        return this.#replica.receive(from, envelope.message);
      case 'block-request': {
        const blocks = this.#blocks.serve(envelope.digest);
        if (blocks.length > 0) this.#send(from, { kind: 'blocks', blocks });
        return;
      }
      case 'blocks':
        return this.#blocks.receive(from, envelope.blocks);
      case 'transactions':
        return this.#take(envelope.transactions);
    }
  }

  /** From a client: new here, so the others hear of it. */
  submit(transaction: NamedTransaction): void {
    this.#take([transaction]);
    this.#send('all', { kind: 'transactions', transactions: [transaction] });
  }

  #take(transactions: readonly NamedTransaction[]): void {
    const final = this.#owner.disk.top?.transactions;
    for (const transaction of transactions) {
      if (final?.has(transaction.hash) !== true) this.#mempool.add(transaction);
    }
    this.#adjustWork();
    this.#gossipLater();
  }

  /** Says again what waits: a transaction that one member alone knows makes nobody else wait for its block. */
  #gossipLater(): void {
    if (this.#gossips || this.#mempool.isEmpty) return;
    this.#gossips = true;
    this.#owner.later(GOSSIP_MS, () => {
      this.#gossips = false;
      if (this.#mempool.isEmpty) return;
      this.#send('all', { kind: 'transactions', transactions: this.#mempool.all });
      this.#gossipLater();
    });
  }

  #adjustWork(): void {
    if (this.#work === !this.#mempool.isEmpty) return;
    this.#work = !this.#work;
    this.#replica.work(this.#work);
  }

  #send(to: MemberIndex | 'all', envelope: Envelope<Message>): void {
    this.#owner.setting.network.send(this.#owner.endpoint, to, envelope);
  }
}

/** Every so many steps the size of the state is looked at: it grows slowly if it grows. */
const STEPS_PER_LOOK = 8;

/** The module of the subject, watched by the checkers. */
function watched<State, Message, Record>({
  setting,
  endpoint,
}: PortsOwner<State, Message, Record>): ProtocolModule<State, Message, Record> {
  const { subject, observer } = setting;
  let steps = 0;
  return {
    ...subject.module,
    step: (state, input) => {
      const transition = subject.module.step(state, input);
      steps += 1;
      if (steps % STEPS_PER_LOOK === 0) observer.loaded(endpoint.instance, subject.load(transition.state));
      return transition;
    },
  };
}
