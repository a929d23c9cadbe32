import type { Block } from '#libs/chain/block.ts';
import type { BlockLimits } from '#libs/chain/block-rules.ts';
import type { Digest, Epoch, Height, MemberIndex } from '#libs/chain/ids.ts';
import { transactionHash } from '#libs/chain/transaction.ts';
import { isHandover } from '#libs/membership/handover.ts';
import { membershipAfterLast } from '#libs/membership/membership.ts';
import { isMembershipVote } from '#libs/membership/vote.ts';
import { isEvidence } from '#libs/protocol/evidence-codec.ts';
import { hotStuff } from '#libs/protocol/hotstuff/hotstuff.ts';
import type { HotStuffMessage } from '#libs/protocol/hotstuff/message.ts';
import type { SafetyRecord } from '#libs/protocol/hotstuff/record.ts';
import type { HotStuffState } from '#libs/protocol/hotstuff/state.ts';
import type { ProtocolContext, ProtocolModule, PublicState } from '#libs/protocol/module.ts';
import type { ReplicaPorts, SignerPort, TimerPort } from '#libs/replica/ports.ts';
import { Replica } from '#libs/replica/replica.ts';
import { BlockKeeper } from './block-keeper.ts';
import { CatchUp, type CatchUpStatus } from './catch-up.ts';
import type { StepTrace } from './consensus-step.ts';
import type {
  AuditPort,
  ChainPort,
  ClaimVerifier,
  ClockPort,
  EngineMonitor,
  PeerPort,
} from './engine-ports.ts';
import { EvidenceDesk } from './evidence-desk.ts';
import type { EvidencePool, EvidenceStore } from './evidence-ports.ts';
import { EvidenceWatch } from './evidence-watch.ts';
import { Gossip } from './gossip.ts';
import { Heartbeat } from './heartbeat.ts';
import { Joining } from './joining.ts';
import type { EpochFacts, MembershipBook } from './membership-book.ts';
import { MembershipDesk, type VoteVerifier } from './membership-desk.ts';
import type { AddResult, Mempool, TransactionSource } from './mempool.ts';
import { watchingOwnKey } from './own-key-watch.ts';
import { PacedTimers } from './paced-timers.ts';
import { Patience } from './patience.ts';
import type { PeerMessageBody } from './peer-message.ts';
import { RequestServer, type SyncRequest } from './request-server.ts';
import type { SnapshotPort } from './snapshot-ports.ts';
import { tracedHotStuff } from './traced-module.ts';
import { tracedPeers, tracedPorts } from './traced-ports.ts';
import { trusting } from './trusting-signer.ts';

export interface EngineOptions {
  readonly context: ProtocolContext<SafetyRecord>;
  /** Knows who decides after every block; the context is of its current epoch. */
  readonly book: MembershipBook;
  readonly limits: BlockLimits;
  readonly chain: ChainPort;
  readonly snapshots: SnapshotPort;
  /** Blocks behind from which on a snapshot is taken; undefined: never. */
  readonly snapshotBlocks: number | undefined;
  readonly mempool: Mempool;
  readonly peers: PeerPort;
  readonly clock: ClockPort;
  readonly timers: TimerPort;
  readonly signer: SignerPort;
  readonly verifier: ClaimVerifier;
  /** Verifies what members of another epoch signed. */
  readonly verifierOf: (epoch: EpochFacts) => ClaimVerifier;
  readonly votes: VoteVerifier;
  readonly evidence: EvidenceStore;
  readonly monitor: EngineMonitor;
  /** Left out: nobody says or hears of audit logs. */
  readonly audit?: AuditPort | undefined;
  /** The protocol; HotStuff when left out. */
  readonly module?: ProtocolModule<HotStuffState, HotStuffMessage, SafetyRecord>;
  /** Told every step of the protocol; left out, nobody is. */
  readonly trace?: StepTrace | undefined;
  /** Whether this process took part before, in an earlier epoch, and who is told once it does. */
  readonly hasJoined: boolean;
  readonly joined: () => void;
  /** The last block of the epoch is final: this engine has done its work. */
  readonly ended: () => void;
}

/**
 * `reserved`: it begins as evidence or a handover does, which members make and clients do not. `refused`: it is a vote
 * for a change of the membership, and `reason` says why it can stand in no block.
 */
export type SubmitResult =
  | AddResult
  | { readonly kind: 'reserved' }
  | { readonly kind: 'refused'; readonly reason: string };

/** One member's consensus in one epoch: the replica, its blocks and transactions, and what members say beside the protocol. */
export class Engine {
  readonly #options: EngineOptions;
  readonly #keeper: BlockKeeper;
  readonly #sync: CatchUp;
  readonly #server: RequestServer;
  readonly #gossip: Gossip;
  readonly #watch: EvidenceWatch;
  readonly #desk: EvidenceDesk;
  readonly #heartbeat: Heartbeat;
  readonly #joining: Joining;
  readonly #pace: PacedTimers;
  readonly #membership: MembershipDesk;
  readonly #patience: Patience;
  readonly #replica: Replica<HotStuffState, HotStuffMessage, SafetyRecord>;
  #hasWork = false;
  #lastCommitMs = 0;

  constructor(options: EngineOptions) {
    const { context, chain, mempool, clock, monitor, trace } = options;
    const peers =
      trace === undefined
        ? options.peers
        : tracedPeers(options.peers, trace, () => this.#replica.snapshot().view);
    const { me, set } = context;
    const verifier = watchingOwnKey(options.verifier, {
      me,
      view: () => this.#replica.snapshot().view,
      onForeignUse: (reason) => this.#halt(new Error(reason)),
    });
    this.#options = options;
    this.#patience = new Patience(clock);
    this.#keeper = new BlockKeeper(chain, mempool, peers, clock, {
      me,
      epoch: set.epoch,
      book: options.book,
      limits: options.limits,
      onFinal: (blocks) => this.#finalised(blocks),
      onMissing: (certificate) => this.#sync.seek(certificate),
      vouch: (block, done) =>
        this.#desk.vouch(block, (isTrue) => (isTrue ? this.#membership.vouch(block, done) : done(false))),
    });
    this.#sync = this.#newCatchUp(verifier);
    this.#server = new RequestServer(options);
    this.#gossip = new Gossip(mempool, peers, clock);
    this.#watch = new EvidenceWatch({
      epoch: set.epoch,
      verifier,
      clock,
      onEvidence: (evidence) => void this.#desk.accept(evidence),
    });
    this.#desk = new EvidenceDesk({
      chain: context.scope.chain,
      setOf: (epoch) => options.book.epoch(epoch)?.set,
      store: options.evidence,
      pool: this.#evidencePool(),
      verifierOf: (epoch) => this.#patient(this.#verifierIn(epoch, verifier)),
      peers,
      clock,
      monitor,
      view: () => this.#replica.snapshot().view,
    });
    this.#membership = this.#newMembershipDesk();
    this.#heartbeat = this.#newHeartbeat();
    this.#joining = this.#newJoining(verifier);
    this.#pace = new PacedTimers(options.timers, context.timing, () => clock.nowMs());
    const timeoutMsMax = context.timing.viewTimeoutMsMax;
    const ports = this.#replicaPorts();
    this.#replica =
      trace === undefined
        ? new Replica(options.module ?? hotStuff, context, ports)
        : new Replica(tracedHotStuff(trace), context, tracedPorts(ports, { trace, timeoutMsMax }));
  }

  #replicaPorts(): ReplicaPorts<HotStuffMessage, SafetyRecord> {
    const { context, chain, peers, monitor } = this.#options;
    return {
      store: chain,
      signer: this.#joining,
      verifier: this.#watch.listening(),
      // A guest has nothing to say that could count: it asks, and listens.
      transport: { send: (to, message) => (context.me === undefined ? undefined : peers.send(to, message)) },
      timers: this.#pace,
      blocks: this.#keeper,
      monitor: {
        viewEntered: (view, leader, afterTimeout) => {
          this.#watch.advance(view);
          if (afterTimeout) this.#gossip.repeat('all');
          monitor.viewEntered(view, leader, afterTimeout);
        },
        refused: (from, cause) => monitor.refused(from, cause),
        signatureRefused: ({ kind, view }, reason) => monitor.signatureRefused(kind, view, reason),
        halted: (cause) => monitor.halted(cause instanceof Error ? cause.message : String(cause)),
      },
    };
  }

  start(): void {
    this.#replica.start();
    this.#gossip.start();
    this.#desk.start();
    this.#heartbeat.start();
    this.#joining.start();
    this.#sync.start();
    this.#updateWork();
  }

  stop(): void {
    this.#replica.stop();
    this.#gossip.stop();
    this.#desk.stop();
    this.#heartbeat.stop();
    this.#joining.stop();
    this.#sync.stop();
    this.#keeper.stop();
    this.#patience.stop();
  }

  /** What the protocol shows of itself. */
  protocol(): PublicState {
    return this.#replica.snapshot();
  }

  /** How far this member is behind a decision that is proved, and behind with history. */
  catchUp(): CatchUpStatus {
    return this.#sync.status();
  }

  /** How long a view may take that follows a commit, as measured here, milliseconds. */
  get viewTimeoutMs(): number {
    return this.#pace.baseMs;
  }

  /** From first seeing to final of the newest transaction made final here, in milliseconds; 0 before any. */
  get lastCommitMs(): number {
    return this.#lastCommitMs;
  }

  /** A transaction from a client: kept, spread, and proposed sooner or later. */
  submit(transaction: Uint8Array, traceId?: string): SubmitResult {
    if (isEvidence(transaction) || isHandover(transaction)) return { kind: 'reserved' };
    if (isMembershipVote(transaction)) return this.#submitVote(transaction);
    const result = this.#add(transaction, 'client', traceId);
    // Whoever gave it here first may have told nobody else, and then only this member knows it.
    const isOurs =
      result.kind === 'added' || (result.kind === 'known' && this.#options.mempool.adopt(result.hash));
    if (isOurs) this.#gossip.spread(result.hash);
    return result;
  }

  peerConnected(member: MemberIndex): void {
    this.#replica.peerConnected(member);
    this.#gossip.repeat(member);
    this.#desk.repeat(member);
    this.#joining.met(member);
  }

  /** Says how far this member is; whoever is further answers with proof. */
  tellWhereabouts(to: MemberIndex | 'all'): void {
    this.#heartbeat.tell(to);
  }

  /** A decoded message of a member whose identity the channel proved, or of a guest. */
  receive(from: MemberIndex, body: PeerMessageBody): void {
    const { context, monitor } = this.#options;
    const isGuest = context.set.members[from] === undefined;
    if (isGuest && !GUESTS_MAY_SAY.has(body.kind)) return monitor.refused(from, 'unknown-member', body.kind);
    switch (body.kind) {
      case 'transactions':
        for (const [index, transaction] of body.transactions.entries()) {
          this.#take(transaction, from, body.traceIds?.[index]);
        }
        return;
      case 'evidence':
        return this.#desk.receive(from, body.content);
      case 'whereabouts':
        if (!this.#heartbeat.heard(body, from)) return monitor.refused(from, 'overloaded', body.kind);
        return this.#joining.heard(body, from);
      case 'blocks-request':
      case 'block-request':
      case 'snapshot-request':
      case 'chunk-request':
        return this.#answer(body, from);
      case 'blocks-response':
      case 'snapshot-response':
      case 'chunk-response':
        return this.#sync.receive(body, from);
      case 'block-response': {
        const fault = this.#keeper.receive(body.block, from);
        // Two were asked, or sync was faster: no fault of who answers.
        if (fault !== undefined) this.#options.monitor.refused(from, 'stale', fault);
        return;
      }
      default:
        this.#watch.heard(from, body);
        return this.#replica.receive(from, body);
    }
  }

  #answer(body: SyncRequest, from: MemberIndex): void {
    // Nobody could follow the membership from such a snapshot: silence has the asker fetch the blocks.
    if (body.kind === 'snapshot-request' && !this.#isFollowable(body.height)) return;
    if (!this.#server.answer(body, from)) this.#options.monitor.refused(from, 'overloaded', 'sync requests');
  }

  #isFollowable(height: Height): boolean {
    const { book, chain } = this.#options;
    const epoch = chain.blockAt(height)?.header.epoch;
    return epoch !== undefined && book.isFollowable({ epoch, height });
  }

  #take(transaction: Uint8Array, from: MemberIndex, traceId: string | undefined): void {
    if (isMembershipVote(transaction)) return this.#membership.receive(transaction, from);
    const isReserved = isEvidence(transaction) || isHandover(transaction);
    if (isReserved) return this.#options.monitor.refused(from, 'invalid', 'reserved transaction');
    this.#add(transaction, from, traceId);
  }

  /** Kept and spread once its signature is found to hold. */
  #submitVote(transaction: Uint8Array): SubmitResult {
    const hash = transactionHash(transaction);
    if (this.#options.mempool.has(hash)) return { kind: 'known', hash };
    const reason = this.#membership.submit(transaction);
    return reason === undefined ? { kind: 'added', hash } : { kind: 'refused', reason };
  }

  #add(transaction: Uint8Array, source: TransactionSource, traceId?: string): AddResult {
    const { mempool, clock, monitor } = this.#options;
    const result = mempool.add(transaction, source, clock.nowMs(), traceId);
    if (result.kind === 'added') {
      monitor.transactionWaits(result.hash, source, traceId);
      this.#updateWork();
    }
    return result;
  }

  #finalised(blocks: readonly Block[]): void {
    const { mempool, chain, monitor, clock } = this.#options;
    const hashes: Digest[] = blocks.flatMap(({ transactions }) => transactions.map(transactionHash));
    const removed = mempool.remove(hashes);
    const newest = removed.at(-1);
    if (newest !== undefined) this.#lastCommitMs = clock.nowMs() - newest.firstSeenMs;
    // The view that ran until now: older ones come by sync, and say nothing of what a view takes.
    if (blocks.at(-1)?.header.view === this.#replica.snapshot().view - 1n) this.#pace.decided();
    this.#gossip.forget(hashes);
    this.#desk.finalised(blocks);
    this.#membership.finalised();
    monitor.final(blocks);
    monitor.transactionsFinal(removed);
    if (this.#isOver()) {
      // Not stopped yet: what this step still has to say helps the others over the same block.
      this.#replica.stop();
      return this.#options.ended();
    }
    this.#sync.reached(chain.tip().header.height);
    this.#updateWork();
  }

  /** What waited may be final now, in a block that is not held. */
  #tookSnapshot(): void {
    const { mempool, chain, monitor, book } = this.#options;
    this.#gossip.forget(mempool.removeFinal().map(({ hash }) => hash));
    const { header, digest } = chain.tip();
    monitor.snapshotTaken(header.height);
    const block = chain.blockOf(digest);
    if (block !== undefined) book.leapt(block);
    if (this.#isOver()) {
      this.#replica.stop();
      return this.#options.ended();
    }
    this.#updateWork();
  }

  #isOver(): boolean {
    const { book, context } = this.#options;
    return book.current.epoch !== context.set.epoch;
  }

  /** Nothing is signed after this: what a member cannot explain it must not vote on. */
  #halt(error: unknown): void {
    this.stop();
    this.#options.monitor.halted(error instanceof Error ? error.message : String(error));
  }

  /** @param own - Of the epoch of this engine. */
  #verifierIn(epoch: Epoch, own: ClaimVerifier): ClaimVerifier {
    const { book, context, verifierOf } = this.#options;
    const facts = epoch === context.set.epoch ? undefined : book.epoch(epoch);
    return facts === undefined ? own : verifierOf(facts);
  }

  /** Evidence in a block is never taken for false because too much waits to be verified. */
  #patient(verifier: ClaimVerifier): ClaimVerifier {
    return {
      verify: this.#patience.around((claims, done, from) => verifier.verify(claims, done, from)),
      trust: (claim) => verifier.trust(claim),
    };
  }

  #newCatchUp(verifier: ClaimVerifier): CatchUp {
    const { context, monitor, book } = this.#options;
    const below = this.#epochBelow();
    return new CatchUp({
      ...this.#options,
      keeper: this.#keeper,
      verifier,
      me: context.me,
      set: context.set,
      root: context.root,
      onLie: (peer, fault) => monitor.refused(peer, 'invalid', fault),
      onBroken: (error) => this.#halt(error),
      below: {
        set: below.set,
        root: below.root,
        verifier: this.#verifierIn(below.epoch, verifier),
      },
      mayTake: (block) => {
        const { ballots } = book.current;
        return membershipAfterLast(book.current, block) !== undefined || ballots.length === 0;
      },
      onSnapshot: () => this.#tookSnapshot(),
    });
  }

  /** The epoch of the blocks that are missing below a snapshot, or would be: that of the members who decided it. */
  #epochBelow(): EpochFacts {
    const { book, chain, snapshots, context } = this.#options;
    const base = snapshots.history()?.base.digest;
    const epoch = (base && chain.headerOf(base)?.epoch) ?? context.set.epoch;
    return book.epoch(epoch) ?? book.current;
  }

  #newMembershipDesk(): MembershipDesk {
    const { book, votes, clock, mempool, monitor } = this.#options;
    return new MembershipDesk({
      book,
      verifier: {
        verifyVotes: this.#patience.around((asked, done, from) => votes.verifyVotes(asked, done, from)),
      },
      clock,
      refused: (from, cause, detail) => monitor.refused(from, cause, detail),
      pool: {
        add: (transaction, source) => {
          const result = this.#add(transaction, source);
          if (result.kind === 'added' && source === 'client') this.#gossip.spread(result.hash);
          return result.kind === 'added';
        },
        has: (hash) => mempool.has(hash),
        remove: (hashes) => void mempool.remove(hashes),
      },
    });
  }

  #newHeartbeat(): Heartbeat {
    const { context, chain, peers, clock, audit } = this.#options;
    return new Heartbeat({
      audit,
      me: context.me,
      peers,
      clock,
      decided: () => chain.tip().certificate,
      view: () => this.#replica.snapshot().view,
      help: (member, view) => this.#replica.help(member, view),
    });
  }

  #newJoining(verifier: ClaimVerifier): Joining {
    const { context, signer, peers, clock, hasJoined, joined } = this.#options;
    const { me, set } = context;
    const options = {
      me,
      set,
      signer: trusting(signer, verifier, me),
      peers,
      clock,
      view: () => this.#replica.snapshot().view,
      ask: (member: MemberIndex) => this.#heartbeat.tell(member, true),
      onJoined: joined,
    };
    return new Joining(options, hasJoined);
  }

  #evidencePool(): EvidencePool {
    const { mempool } = this.#options;
    return {
      add: (content) => ['added', 'known'].includes(this.#add(content, 'client').kind),
      get: (hash) => mempool.get(hash)?.transaction,
      remove: (hash) => {
        mempool.remove([hash]);
        this.#updateWork();
      },
    };
  }

  #updateWork(): void {
    // A change that is adopted is in force two blocks later, and waits for no transaction.
    const hasWork = this.#options.mempool.size > 0 || this.#options.book.current.adopted !== undefined;
    if (hasWork === this.#hasWork) return;
    this.#hasWork = hasWork;
    this.#replica.work(hasWork);
  }
}

/**
 * Of whoever is known to this member and no member of the epoch: one that catches up asks for blocks, and one that this
 * member knows from a later epoch shows it the way by certificates.
 */
const GUESTS_MAY_SAY: ReadonlySet<PeerMessageBody['kind']> = new Set([
  'blocks-request',
  'block-request',
  'blocks-response',
  'block-response',
  'snapshot-request',
  'chunk-request',
  'snapshot-response',
  'chunk-response',
  'certificate',
  'whereabouts',
]);
