import { type Epoch, type MemberIndex, toEpoch } from '#libs/chain/ids.ts';
import type { Transaction } from '#libs/chain/transaction.ts';
import type { Membership } from '#libs/membership/membership.ts';
import type { ControlWord } from '#libs/protocol/control.ts';
import type { PublicState } from '#libs/protocol/module.ts';
import type { Engine } from './engine.ts';
import type { MembershipBook } from './membership/membership-book.ts';
import type { ChainPort, ClockPort, PeerPort } from './ports/engine-ports.ts';
import type { HearableLater } from './ports/peer-listener.ts';
import type { PeerMessageBody } from './ports/peer-message.ts';
import { ENDED, type Submission } from './ports/submission.ts';
import type { AutoSuspension } from './suspension/auto-suspension.ts';
import type { CatchUpStatus } from './sync/catch-up.ts';
import { SecondBudget } from './timing/second-budget.ts';

/** Answers to one member of another epoch, each second: a proof may be 25 MB. */
const EPOCH_PROOFS_PER_SECOND_MAX = 2;

export interface EpochsOptions {
  readonly book: MembershipBook;
  readonly chain: Pick<ChainPort, 'certifiedBlock'>;
  readonly peers: PeerPort;
  readonly clock: ClockPort;
  /** Makes the engine of an epoch; `ended` is to be called once its last block is final. */
  readonly engineOf: (membership: Membership, ended: () => void) => Engine;
  /** Undefined: this node votes about nobody by itself. */
  readonly suspension: AutoSuspension | undefined;
}

/**
 * One engine for each epoch, one after the other: with the last block of an epoch final its engine ends, and that of
 * the next starts with the new members. Members of other epochs are helped by the proof that theirs is over.
 */
export class Epochs {
  readonly #options: EpochsOptions;
  readonly #budget: SecondBudget;
  #engine: Engine;
  #isRunning = false;
  /** Epoch of the engine. That of the book is one higher for a moment, when the last block of an epoch is final. */
  #epoch: Epoch;

  constructor(options: EpochsOptions) {
    this.#options = options;
    this.#budget = new SecondBudget(options.clock, EPOCH_PROOFS_PER_SECOND_MAX);
    this.#epoch = options.book.current.epoch;
    this.#engine = this.#engineOf();
  }

  get epoch(): Epoch {
    return this.#epoch;
  }

  start(): void {
    this.#isRunning = true;
    this.#engine.start();
    this.#options.suspension?.start();
  }

  stop(): void {
    this.#isRunning = false;
    this.#options.suspension?.stop();
    this.#engine.stop();
  }

  protocol(): PublicState {
    return this.#engine.protocol();
  }

  catchUp(): CatchUpStatus {
    return this.#engine.catchUp();
  }

  get viewTimeoutMs(): number {
    return this.#engine.viewTimeoutMs;
  }

  get lastCommitMs(): number {
    return this.#engine.lastCommitMs;
  }

  submit(transaction: Transaction, submission?: Submission): void {
    const engine = this.#engine;
    engine.submit(transaction, {
      ...submission,
      answer: (result) => {
        // Its epoch ended while it was judged.
        const isForNext = result === ENDED && this.#isRunning && this.#engine !== engine;
        if (isForNext) this.submit(transaction, submission);
        else submission?.answer?.(result);
      },
    });
  }

  /** The operator's word to the protocol of the epoch. @returns its fault, when the protocol does not get it; or undefined. */
  control(word: ControlWord): string | undefined {
    return this.#engine.control(word);
  }

  /** Reports how far this member is, and asks the same. */
  tellWhereabouts(to: MemberIndex, asks: boolean): void {
    this.#engine.tellWhereabouts(to, asks);
  }

  peerConnected(member: MemberIndex): void {
    this.#engine.peerConnected(member);
  }

  receive(from: MemberIndex, body: PeerMessageBody | HearableLater): void {
    this.#options.suspension?.heard(from);
    this.#engine.receive(from, body);
  }

  /**
   * Handles a message from another epoch. A sender that is behind gets the commit certificate of the last block
   * of its epoch, which the members that it knows signed. A sender that is ahead gets the position of this
   * member, and answers it with such a certificate.
   */
  otherEpoch(from: MemberIndex, epoch: Epoch): void {
    this.#options.suspension?.heard(from);
    if (!this.#isRunning || !this.#budget.take(from)) return;
    const { book, chain, peers } = this.#options;
    if (epoch > this.#epoch) return this.#engine.tellWhereabouts(from);
    const [facts, next] = [book.epoch(epoch), book.epoch(toEpoch(epoch + 1n))];
    const last = next && chain.certifiedBlock(next.root.height);
    if (facts === undefined || last === undefined || last.certificate.digest !== next?.root.digest) return;
    peers.send(from, { kind: 'decided', certificate: last.certificate }, epoch);
  }

  #engineOf(): Engine {
    const { engineOf, book, clock } = this.#options;
    // The next epoch begins a little later: the step that made the block final must end first.
    const { epoch } = book.current;
    this.#epoch = epoch;
    return engineOf(book.current, () => {
      clock.after(0, () => {
        if (book.current.epoch !== epoch) this.#next();
      });
    });
  }

  #next(): void {
    if (!this.#isRunning) return;
    this.#engine.stop();
    this.#engine = this.#engineOf();
    this.#engine.start();
    this.#options.suspension?.start();
    // Members that are further answer with proof: so a member that was away for ten changes is led through them.
    this.#engine.tellWhereabouts('all');
  }
}
