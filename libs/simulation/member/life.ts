import type { MemberIndex } from '#libs/chain/ids.ts';
import type { Transaction } from '#libs/chain/transaction.ts';
import type { ProtocolModule } from '#libs/protocol/module.ts';
import { PeerGuard } from '#libs/replica/peer-guard.ts';
import { Replica } from '#libs/replica/replica.ts';
import { finalTop } from '../disk/final-top.ts';
import type { Envelope } from '../network/network.ts';
import { Blocks } from './blocks.ts';
import { ClaimJudge } from './claim-judge.ts';
import { GossipedTransactions } from './gossiped-transactions.ts';
import { lifeContext } from './life-context.ts';
import { LifeHearing } from './life-hearing.ts';
import { lifeRecord } from './life-record.ts';
import { simulatedPorts } from './ports.ts';
import type { PortsOwner } from './ports-owner.ts';
import type { Process } from './process.ts';

/** Every so many steps the size of the state is looked at: it grows slowly if it grows. */
const STEPS_PER_LOOK = 8;

/** One member's process from start to crash: all that a crash loses. */
export class Life<State, Message, Record> implements Process<State, Message> {
  readonly #owner: PortsOwner<State, Message, Record>;
  readonly #transactions: GossipedTransactions;
  readonly #blocks: Blocks;
  readonly #replica: Replica<State, Message, Record>;
  readonly #guard: PeerGuard;
  readonly #hearing: LifeHearing<State, Message, Record>;
  #state: State | undefined;

  constructor(owner: PortsOwner<State, Message, Record>) {
    this.#owner = owner;
    const { setting, disk, endpoint } = owner;
    const { subject, set, table, judge, authority, observer } = setting;
    this.#guard = new PeerGuard({ members: set.members.length, votes: table }, () => setting.schedule.nowMs);
    this.#hearing = new LifeHearing(owner, this.#guard, (from, message) =>
      this.#replica.receive(from, message),
    );
    this.#transactions = new GossipedTransactions({
      later: (delayMs, run) => owner.later(delayMs, run),
      isFinal: (hash) => disk.top?.transactions.has(hash) === true,
      tell: (transactions) => this.#send('all', { kind: 'transactions', transactions }),
      worked: (work) => {
        if (owner.isHonest) setting.observer.worked(endpoint.instance, work);
        this.#replica.work(work);
      },
    });
    const told = owner.isHonest ? observer : undefined;
    const store = lifeRecord(owner);
    this.#blocks = new Blocks({
      me: endpoint.member,
      members: set.members.length,
      judge,
      disk,
      commit: (write) => store.commit(write),
      mempool: this.#transactions.mempool,
      later: (delayMs, run) => owner.later(delayMs, run),
      request: (to, digest) => this.#send(to, { kind: 'block-request', digest }),
      nowMs: () => owner.clock.wallMs(),
      committed: (held) => told?.committed(endpoint.instance, held),
      contradicted: (...blocks) => told?.contradicted(endpoint.instance, ...blocks),
      grown: () => this.#transactions.adjustWork(),
      moved: () => this.#replica.final(finalTop(disk)),
    });
    const proved = owner.isHonest ? observer.proved : () => {};
    const ports = simulatedPorts(owner, {
      ...{ store, blocks: this.#blocks },
      judge: new ClaimJudge({ authority, set, table, guard: this.#guard, proved }),
      now: () => this.#replica.snapshot(),
      refused: (from, cause) => this.#hearing.turnAway(from, cause),
    });
    this.#replica = new Replica(owner.isHonest ? this.#watched() : subject.module, lifeContext(owner), ports);
  }

  /** The members of a run without whole nodes never change. */
  readonly membership = undefined;

  start(): void {
    this.#replica.start();
    this.#replica.final(finalTop(this.#owner.disk));
  }

  stop(): void {
    this.#replica.stop();
  }

  peerConnected(member: MemberIndex): void {
    this.#replica.peerConnected(member);
  }

  receive(from: MemberIndex, envelope: Envelope<Message>): void {
    if (this.#guard.isMuted(from)) return;
    switch (envelope.kind) {
      case 'protocol':
        return this.#hearing.message(from, envelope.message);
      case 'block-request': {
        const blocks = this.#blocks.serve(envelope.digest);
        const { actor } = this.#owner;
        if (actor?.serving !== undefined) return actor.serving(from, envelope.digest, blocks);
        if (blocks.length > 0) this.#send(from, { kind: 'blocks', blocks });
        return;
      }
      case 'bytes':
        return this.#hearing.bytes(from, envelope.bytes);
      case 'blocks':
        return this.#blocks.receive(from, this.#hearing.blocks(envelope.blocks));
      case 'transactions':
        return this.#transactions.wait(envelope.transactions);
      case 'peer':
        return; // Whole nodes alone say such things.
    }
  }

  /** The newest state of an honest member. */
  get state(): State | undefined {
    return this.#state;
  }

  /** Number of transactions and blocks in memory that somebody waits for. */
  get waiting(): number {
    return this.#transactions.mempool.all.length + this.#blocks.waiting;
  }

  /** Takes a client's transaction: it is new here, so the others hear of it. */
  submit(transaction: Transaction): void {
    this.#transactions.wait([transaction]);
    this.#send('all', { kind: 'transactions', transactions: [transaction] });
  }

  #send(to: MemberIndex | 'all', envelope: Envelope<Message>): void {
    this.#owner.setting.network.send(this.#owner.endpoint, to, envelope);
  }

  /** The module of the subject, watched by the checkers. */
  #watched(): ProtocolModule<State, Message, Record> {
    const { setting, endpoint } = this.#owner;
    const { subject, observer } = setting;
    let steps = 0;
    return {
      ...subject.module,
      step: (state, input) => {
        const transition = subject.module.step(state, input);
        this.#state = transition.state;
        steps += 1;
        if (steps % STEPS_PER_LOOK === 0) observer.loaded(endpoint.instance, subject.load(transition.state));
        return transition;
      },
    };
  }
}
