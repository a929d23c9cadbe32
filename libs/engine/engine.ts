import type { Block } from '#libs/chain/block.ts';
import type { Digest, MemberIndex } from '#libs/chain/ids.ts';
import type { Transaction } from '#libs/chain/transaction.ts';
import type { ControlWord } from '#libs/protocol/control.ts';
import type { PublicState } from '#libs/protocol/module.ts';
import type { EngineOptions } from './engine-options.ts';
import { type EngineParts, engineParts } from './engine-parts.ts';
import { Hearing } from './hearing.ts';
import { haltOf } from './ports/halt-cause.ts';
import type { HearableLater } from './ports/peer-listener.ts';
import type { PeerMessageBody } from './ports/peer-message.ts';
import type { StagedSnapshot } from './ports/snapshot-ports.ts';
import type { Submission } from './ports/submission.ts';
import type { CatchUpStatus } from './sync/catch-up.ts';
import { isOfViewThatRan } from './timing/view-that-ran.ts';
import { WorkTeller } from './work-teller.ts';

/**
 * One member's consensus in one epoch: the replica, its blocks and transactions, and the messages of members beside
 * the protocol.
 */
export class Engine {
  readonly #options: EngineOptions;
  readonly #parts: EngineParts;
  readonly #hearing: Hearing;
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
    this.#hearing = new Hearing(options, this.#parts);
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
    const { replica, transactions, gossip, teller, pull, desk } = this.#parts;
    const { heartbeat, joining, sync, keeper, references } = this.#parts;
    const beside = [transactions, gossip, teller, pull, desk, heartbeat, joining, sync, keeper, references];
    for (const part of [replica, this.#work, ...beside]) part.stop();
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

  /** Reports how far this member is; a member that is further answers with proof, and every one where it `asks`. */
  tellWhereabouts(to: MemberIndex | 'all', asks = false): void {
    this.#parts.heartbeat.tell(to, asks);
  }

  /** A message of a member whose identity the channel proved, or of a guest: decoded, or to be decoded once it is complete. */
  receive(from: MemberIndex, body: PeerMessageBody | HearableLater): void {
    this.#hearing.receive(from, body);
  }

  #finalised(blocks: readonly Block[]): void {
    const { mempool, chain, monitor, clock, growth, protocol } = this.#options;
    const hashes: Digest[] = blocks.flatMap(({ transactions }) => transactions.map(({ hash }) => hash));
    const removed = mempool.remove(hashes);
    const newest = removed.at(-1);
    if (newest !== undefined) this.#lastCommitMs = clock.nowMs() - newest.firstSeenMs;
    const at = this.#parts.replica.snapshot().position;
    if (isOfViewThatRan(chain.tip(), at, protocol.votes)) this.#parts.pace.decided();
    this.#parts.gossip.forget(hashes);
    this.#parts.desk.finalised(blocks);
    this.#parts.membership.finalised();
    growth.ordered(blocks);
    monitor.transactionsFinal(removed);
    if (this.#isOver()) return this.#end();
    // Before the height opens: its leader asks at once for a block if there is work.
    this.#updateWork();
    this.#parts.replica.final(chain.tip());
    this.#parts.sync.reached(chain.tip().header.height);
  }

  /** Waiting transactions may be final now, in blocks that are not held. */
  #tookSnapshot(taken: StagedSnapshot): void {
    const { mempool, chain, monitor, book, growth } = this.#options;
    this.#parts.gossip.forget(mempool.removeFinal().map(({ transaction }) => transaction.hash));
    book.leapt(taken);
    monitor.snapshotTaken(taken.block.header.height);
    growth.leapt(taken.block);
    if (this.#isOver()) return this.#end();
    this.#updateWork();
    this.#parts.replica.final(chain.tip());
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
    this.#options.monitor.halted(...haltOf(error));
  }

  #updateWork(): void {
    this.#parts.teller.start();
    this.#work.update();
  }
}
