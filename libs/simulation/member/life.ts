import type { Block } from '#libs/chain/block.ts';
import type { MemberIndex } from '#libs/chain/ids.ts';
import type { Transaction } from '#libs/chain/transaction.ts';
import type { ProtocolModule, RefusalCause } from '#libs/protocol/module.ts';
import { PeerGuard } from '#libs/replica/peer-guard.ts';
import { Replica } from '#libs/replica/replica.ts';
import type { Envelope } from '../network/network.ts';
import type { Decoded, WireCodec } from '../subject/wire-codec.ts';
import { Blocks } from './blocks.ts';
import { ClaimJudge } from './claim-judge.ts';
import { simulatedPorts } from './ports.ts';
import type { PortsOwner } from './ports-owner.ts';
import type { Process } from './process.ts';
import { SimulatedMempool } from './simulated-mempool.ts';

const GOSSIP_MS = 300;

/** Every so many steps the size of the state is looked at: it grows slowly if it grows. */
const STEPS_PER_LOOK = 8;

/** One member's process from start to crash: all that a crash loses. */
export class Life<State, Message, Record> implements Process<State, Message> {
  readonly #owner: PortsOwner<State, Message, Record>;
  readonly #mempool = new SimulatedMempool();
  readonly #blocks: Blocks;
  readonly #replica: Replica<State, Message, Record>;
  readonly #guard: PeerGuard;
  #state: State | undefined;
  #gossips = false;
  #work = false;

  constructor(owner: PortsOwner<State, Message, Record>) {
    this.#owner = owner;
    const { setting, disk, endpoint } = owner;
    const { subject, root, scope, set, timing, judge } = setting;
    const me = endpoint.member;
    this.#guard = new PeerGuard(set.members.length, () => setting.schedule.nowMs);
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
    const context = { me, set, scope, root, timing, leader, restored: disk.record, tip: disk.tip };
    const { authority, observer } = setting;
    const proved = owner.isHonest ? observer.proved : () => {};
    const ports = simulatedPorts(owner, {
      blocks: this.#blocks,
      judge: new ClaimJudge({ authority, guard: this.#guard, proved }),
      refused: (from, cause) => this.#turnAway(from, cause),
    });
    const module = owner.isHonest ? this.#watched() : subject.module;
    this.#replica = new Replica(module, context, ports);
  }

  /** The members of a run without whole nodes never change. */
  readonly membership = undefined;

  start(): void {
    this.#replica.start();
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
        this.#owner.actor?.incoming?.(from, envelope.message);
        return this.#take(from, this.#codec?.carried(envelope.message) ?? heardAs(envelope.message));
      case 'block-request': {
        const blocks = this.#blocks.serve(envelope.digest);
        const { actor } = this.#owner;
        if (actor?.serving !== undefined) return actor.serving(from, envelope.digest, blocks);
        if (blocks.length > 0) this.#send(from, { kind: 'blocks', blocks });
        return;
      }
      case 'bytes':
        return this.#take(from, this.#codec?.decode(envelope.bytes) ?? MALFORMED);
      case 'blocks':
        return this.#blocks.receive(
          from,
          envelope.blocks.flatMap((block) => this.#carriedBlock(block)),
        );
      case 'transactions':
        return this.#wait(envelope.transactions);
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
    return this.#mempool.all.length + this.#blocks.waiting;
  }

  /** Hears a message as `libs/engine/evidence/evidence-watch.ts` does: also one that the replica will refuse unread. */
  #hear(from: MemberIndex, message: Message): void {
    const { isHonest, setting } = this.#owner;
    const claim = isHonest ? setting.subject.ownClaim(message) : undefined;
    if (claim !== undefined) setting.observer.heard(from, claim);
    this.#replica.receive(from, message);
  }

  get #codec(): WireCodec<Message> | undefined {
    return this.#owner.setting.subject.codec;
  }

  #carriedBlock(block: Block): readonly Block[] {
    const codec = this.#codec;
    if (codec === undefined) return [block];
    const carried = codec.carriedBlock(block);
    return carried === undefined ? [] : [carried];
  }

  /** A message as it was read. */
  #take(from: MemberIndex, decoded: Decoded<Message>): void {
    if (decoded.ok) this.#hear(from, decoded.message);
    else this.#turnAway(from, decoded.cause);
  }

  /**
   * Counts a refused message as `services/consensus/member.ts` does: messages without room, and verified ones, have
   * their own account.
   */
  #turnAway(from: MemberIndex, cause: RefusalCause): void {
    const { isHonest, setting, endpoint } = this.#owner;
    const { observer } = setting;
    if (isHonest) observer.turnedAway(endpoint.instance, from, cause);
    if (cause === 'overloaded') return;
    const guard = this.#guard;
    const isMuted = cause === 'bad-signature' ? guard.falseSignature(from) : guard.uselessMessage(from);
    if (isMuted && isHonest) observer.muted(endpoint.instance, from);
  }

  /** Takes a client's transaction: it is new here, so the others hear of it. */
  submit(transaction: Transaction): void {
    this.#wait([transaction]);
    this.#send('all', { kind: 'transactions', transactions: [transaction] });
  }

  #wait(transactions: readonly Transaction[]): void {
    const final = this.#owner.disk.top?.transactions;
    for (const transaction of transactions) {
      if (final?.has(transaction.hash) !== true) this.#mempool.add(transaction);
    }
    this.#adjustWork();
    this.#gossipLater();
  }

  /**
   * Gossips waiting transactions again: while one member alone knows a transaction, nobody else waits for its block.
   */
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
    const { isHonest, setting, endpoint } = this.#owner;
    if (isHonest) setting.observer.worked(endpoint.instance, this.#work);
    this.#replica.work(this.#work);
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

const MALFORMED = { ok: false, cause: 'malformed' } as const;

/** Decodes nothing: without a codec a message is heard as it was sent. */
function heardAs<Message>(message: Message): Decoded<Message> {
  return { ok: true, message };
}
