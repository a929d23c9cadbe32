import type { Block } from '#libs/chain/block.ts';
import type { Digest, MemberIndex } from '#libs/chain/ids.ts';
import { transactionHash } from '#libs/chain/transaction.ts';
import { hotStuff } from '#libs/protocol/hotstuff/hotstuff.ts';
import type { HotStuffMessage } from '#libs/protocol/hotstuff/message.ts';
import type { SafetyRecord } from '#libs/protocol/hotstuff/record.ts';
import type { HotStuffState } from '#libs/protocol/hotstuff/state.ts';
import type { PublicState } from '#libs/protocol/module.ts';
import { Replica } from '#libs/replica/replica.ts';
import { BlockKeeper } from './block-keeper.ts';
import { CatchUp, type CatchUpStatus } from './catch-up.ts';
import type { EngineOptions } from './engine-options.ts';
import type { ClaimVerifier } from './engine-ports.ts';
import { epochBelow, patientVerifier, verifierIn } from './epoch-verifiers.ts';
import { EvidenceDesk } from './evidence-desk.ts';
import { EvidenceWatch } from './evidence-watch.ts';
import { Gossip } from './gossip.ts';
import { mayGuestSay } from './guests.ts';
import { Heartbeat } from './heartbeat.ts';
import { Joining } from './joining.ts';
import { MembershipDesk } from './membership-desk.ts';
import { watchingOwnKey } from './own-key-watch.ts';
import { PacedTimers } from './paced-timers.ts';
import { Patience } from './patience.ts';
import type { PeerMessageBody } from './peer-message.ts';
import { replicaPorts } from './replica-ports.ts';
import { RequestServer, type SyncRequest } from './request-server.ts';
import { tracedHotStuff } from './traced-module.ts';
import { tracedPeers, tracedPorts } from './traced-ports.ts';
import { type SubmitResult, TransactionDesk } from './transaction-desk.ts';
import { trusting } from './trusting-signer.ts';

/** One member's consensus in one epoch: the replica, its blocks and transactions, and what members say beside the protocol. */
export class Engine {
  readonly #options: EngineOptions;
  readonly #keeper: BlockKeeper;
  readonly #sync: CatchUp;
  readonly #server: RequestServer;
  readonly #gossip: Gossip;
  readonly #transactions: TransactionDesk;
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
    this.#transactions = new TransactionDesk({
      mempool,
      clock,
      monitor,
      gossip: this.#gossip,
      membership: () => this.#membership,
      changed: () => this.#updateWork(),
    });
    this.#watch = this.#newWatch(verifier);
    this.#desk = new EvidenceDesk({
      chain: context.scope.chain,
      setOf: (epoch) => options.book.epoch(epoch)?.set,
      store: options.evidence,
      pool: this.#transactions.evidencePool(),
      verifierOf: (epoch) => patientVerifier(verifierIn(options, epoch, verifier), this.#patience),
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
    const ports = replicaPorts(options, {
      joining: this.#joining,
      watch: this.#watch,
      gossip: this.#gossip,
      pace: this.#pace,
      keeper: this.#keeper,
    });
    this.#replica =
      trace === undefined
        ? new Replica(options.module ?? hotStuff, context, ports)
        : new Replica(tracedHotStuff(trace), context, tracedPorts(ports, { trace, timeoutMsMax }));
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
    return this.#transactions.submit(transaction, traceId);
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
    if (isGuest && !mayGuestSay(body)) return monitor.refused(from, 'unknown-member', body.kind);
    switch (body.kind) {
      case 'transactions':
        return this.#transactions.receive(body, from);
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
    if (!this.#server.answer(body, from)) this.#options.monitor.refused(from, 'overloaded', 'sync requests');
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

  #newWatch(verifier: ClaimVerifier): EvidenceWatch {
    const { context, clock } = this.#options;
    return new EvidenceWatch({
      epoch: context.set.epoch,
      verifier,
      clock,
      onEvidence: (evidence) => void this.#desk.accept(evidence),
    });
  }

  #newCatchUp(verifier: ClaimVerifier): CatchUp {
    const { context, monitor, book } = this.#options;
    const below = epochBelow(this.#options);
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
        verifier: verifierIn(this.#options, below.epoch, verifier),
      },
      mayTake: (block) => book.mayLeap(block),
      onSnapshot: () => this.#tookSnapshot(),
    });
  }

  #newMembershipDesk(): MembershipDesk {
    const { book, votes, clock, monitor } = this.#options;
    return new MembershipDesk({
      book,
      verifier: {
        verifyVotes: this.#patience.around((asked, done, from) => votes.verifyVotes(asked, done, from)),
      },
      clock,
      refused: (from, cause, detail) => monitor.refused(from, cause, detail),
      pool: this.#transactions.votePool(),
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
      rootHeight: context.root.height,
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

  #updateWork(): void {
    // A change that is adopted is in force two blocks later, and waits for no transaction.
    const hasWork = this.#options.mempool.size > 0 || this.#options.book.current.adopted !== undefined;
    if (hasWork === this.#hasWork) return;
    this.#hasWork = hasWork;
    this.#replica.work(hasWork);
  }
}
