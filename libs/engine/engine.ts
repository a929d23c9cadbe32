import type { Block } from '#libs/chain/block.ts';
import type { Digest, MemberIndex } from '#libs/chain/ids.ts';
import type { Transaction } from '#libs/chain/transaction.ts';
import type { ControlWord } from '#libs/protocol/control.ts';
import type { PublicState } from '#libs/protocol/module.ts';
import type { EngineOptions } from './engine-options.ts';
import { type EngineParts, engineParts } from './engine-parts.ts';
import { mayGuestSay } from './guests.ts';
import { codeOfHalt } from './ports/operator-codes.ts';
import type {
  PeerMessageBody,
  Transactions,
  TransactionsRequest,
  WaitingTransactions,
} from './ports/peer-message.ts';
import type { StagedSnapshot } from './ports/snapshot-ports.ts';
import type { Submission } from './ports/submission.ts';
import type { CatchUpStatus } from './sync/catch-up.ts';
import type { SyncRequest } from './sync/request-server.ts';
import { WorkTeller } from './work-teller.ts';

const OVER_RATE = 'more than its share of a second';

/**
 * One member's consensus in one epoch: the replica, its blocks and transactions, and the messages of members beside
 * the protocol.
 */
export class Engine {
  readonly #options: EngineOptions;
  readonly #parts: EngineParts;
  readonly #work: WorkTeller;
  #lastCommitMs = 0;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#parts = engineParts(options, {
      finalised: (blocks) => this.#finalised(blocks),
      tookSnapshot: (taken) => this.#tookSnapshot(taken),
      halt: (error) => this.#halt(error),
      workChanged: () => this.#updateWork(),
    });
    this.#work = new WorkTeller(options, this.#parts.replica);
  }

  start(): void {
    const { replica, gossip, teller, desk, heartbeat, joining, sync } = this.#parts;
    replica.start();
    replica.final(this.#options.chain.tip());
    for (const part of [gossip, teller, desk, heartbeat, joining, sync]) part.start();
    this.#updateWork();
  }

  stop(): void {
    const { replica, transactions, gossip, teller, pull, desk, heartbeat, joining, sync, keeper } =
      this.#parts;
    const beside = [transactions, gossip, teller, pull, desk, heartbeat, joining, sync, keeper];
    for (const part of [replica, ...beside]) part.stop();
  }

  /** The state of the protocol that may be shown. */
  protocol(): PublicState {
    return this.#parts.replica.snapshot();
  }

  /** The distance of this member to a decision that is proved, and the history that it still lacks. */
  catchUp(): CatchUpStatus {
    return this.#parts.sync.status();
  }

  /** Time that a view after a commit may take, as measured here, milliseconds. */
  get viewTimeoutMs(): number {
    return this.#parts.pace.baseMs;
  }

  /**
   * Time from first sight to finality of the newest transaction that became final here, in milliseconds; 0 before
   * any.
   */
  get lastCommitMs(): number {
    return this.#lastCommitMs;
  }

  /** A transaction from a client: kept, spread, and proposed sooner or later. */
  submit(transaction: Transaction, submission?: Submission): void {
    this.#parts.transactions.submit(transaction, submission);
  }

  /** The operator's word to the protocol. @returns its fault, when the protocol does not get it; or undefined. */
  control(word: ControlWord): string | undefined {
    return this.#parts.replica.control(word);
  }

  peerConnected(member: MemberIndex): void {
    this.#parts.replica.peerConnected(member);
    this.#parts.gossip.repeat(member);
    this.#parts.teller.tell(member);
    this.#parts.desk.repeat(member);
    this.#parts.joining.met(member);
  }

  /** Reports how far this member is; a member that is further answers with proof. */
  tellWhereabouts(to: MemberIndex | 'all'): void {
    this.#parts.heartbeat.tell(to);
  }

  /** A decoded message of a member whose identity the channel proved, or of a guest. */
  receive(from: MemberIndex, body: PeerMessageBody): void {
    const { protocol, context, monitor } = this.#options;
    const isGuest = context.set.members[from] === undefined;
    if (isGuest && !mayGuestSay(body, protocol)) return monitor.refused(from, 'unknown-member', body.kind);
    const { desk, heartbeat, joining, sync, keeper, watch, conduct, replica } = this.#parts;
    switch (body.kind) {
      case 'transactions':
      case 'waiting':
      case 'transactions-request':
        return this.#hearOfTransactions(body, from);
      case 'evidence':
        return desk.receive(from, body.content);
      case 'whereabouts':
        if (!heartbeat.heard(body, from)) return this.#tooMuch(from, body.kind);
        return joining.heard(body, from);
      case 'blocks-request':
      case 'block-request':
      case 'snapshot-request':
      case 'chunk-request':
        return this.#answer(body, from);
      case 'blocks-response':
      case 'snapshot-response':
      case 'chunk-response':
        return sync.receive(body, from);
      case 'block-response': {
        const fault = keeper.receive(body.block, from);
        // Two members were asked, or sync was faster: no fault of the one that answers.
        if (fault !== undefined) monitor.refused(from, 'stale', fault);
        return;
      }
      case 'protocol':
        watch.heard(from, body);
        conduct.heard(from, body);
        return replica.receive(from, body);
    }
  }

  #hearOfTransactions(
    body: Transactions | WaitingTransactions | TransactionsRequest,
    from: MemberIndex,
  ): void {
    const { transactions, gossip, pull } = this.#parts;
    if (body.kind === 'transactions') {
      transactions.receive(body, from);
      return pull.arrived(body.transactions, from);
    }
    const { kind, hashes } = body;
    const isHeard = kind === 'waiting' ? pull.told(hashes, from) : gossip.answer(hashes, from);
    if (!isHeard) this.#tooMuch(from, kind);
  }

  #answer(body: SyncRequest, from: MemberIndex): void {
    if (!this.#parts.server.answer(body, from)) this.#tooMuch(from, 'sync requests');
  }

  #tooMuch(from: MemberIndex, what: string): void {
    this.#options.monitor.refused(from, 'overloaded', what, OVER_RATE);
  }

  #finalised(blocks: readonly Block[]): void {
    const { mempool, chain, monitor, clock, growth } = this.#options;
    const hashes: Digest[] = blocks.flatMap(({ transactions }) => transactions.map(({ hash }) => hash));
    const removed = mempool.remove(hashes);
    const newest = removed.at(-1);
    if (newest !== undefined) this.#lastCommitMs = clock.nowMs() - newest.firstSeenMs;
    // Only the view that ran until now is measured: blocks of older views come by sync, and do not show the time of a
    // view.
    if (blocks.at(-1)?.header.view === this.#parts.replica.snapshot().position.view - 1n)
      this.#parts.pace.decided();
    this.#parts.gossip.forget(hashes);
    this.#parts.desk.finalised(blocks);
    this.#parts.membership.finalised();
    growth.ordered(blocks);
    monitor.transactionsFinal(removed);
    if (this.#isOver()) return this.#end();
    this.#parts.replica.final(chain.tip());
    this.#parts.sync.reached(chain.tip().header.height);
    this.#updateWork();
  }

  /** Waiting transactions may be final now, in blocks that are not held. */
  #tookSnapshot(taken: StagedSnapshot): void {
    const { mempool, chain, monitor, book, growth } = this.#options;
    this.#parts.gossip.forget(mempool.removeFinal().map(({ transaction }) => transaction.hash));
    book.leapt(taken);
    monitor.snapshotTaken(taken.block.header.height);
    growth.leapt(taken.block);
    if (this.#isOver()) return this.#end();
    this.#parts.replica.final(chain.tip());
    this.#updateWork();
  }

  #isOver(): boolean {
    const { book, context } = this.#options;
    return book.current.epoch !== context.set.epoch;
  }

  /** Stops the replica alone: the messages of this step still leave, and help the others to finalise the same block. */
  #end(): void {
    this.#parts.replica.stop();
    this.#options.ended();
  }

  /** Signs nothing from now on: a member must not vote on a state that it cannot explain. */
  #halt(error: unknown): void {
    this.stop();
    this.#options.monitor.halted(error instanceof Error ? error.message : String(error), codeOfHalt(error));
  }

  #updateWork(): void {
    this.#parts.teller.start();
    this.#work.update();
  }
}
