import type { Block } from '#libs/chain/block.ts';
import type { Digest, Height, MemberIndex } from '#libs/chain/ids.ts';
import type { HeldTransactions } from '#libs/chain/named-transactions.ts';
import type { Transaction } from '#libs/chain/transaction.ts';
import type { ClockPort, EngineMonitor, PeerPort } from '../ports/engine-ports.ts';
import { BODIES_ASKED_MAX } from '../ports/message-limits.ts';
import type { HearableLater } from '../ports/peer-listener.ts';
import { SecondBudget } from '../timing/second-budget.ts';
import {
  ASKED_BY_HASH_MAX,
  ASKED_TIMES_MAX,
  BODIES_ANSWER_MS,
  LACKING_BYTES_EACH_MAX,
  LACKING_HEIGHTS_AHEAD_MAX,
  LACKING_PER_SECOND_MAX,
} from './body-limits.ts';
import { LackingProposal } from './lacking-proposal.ts';
import { LackingProposals } from './lacking-proposals.ts';

const NAME = 'proposal';
const NOT_GIVEN = 'proposal that names transactions which nobody gave';
const TOO_MANY = 'too many proposals with unknown transactions';
const TOO_LARGE = 'too large to wait for transactions';
const UNHANDLED = 'it could not be handled';
const UNASKED = 'transactions that were not asked for, or come late';

export interface BodyPullOptions {
  /** The transactions that wait here. */
  readonly mempool: HeldTransactions;
  readonly finalHeight: () => Height;
  /** A block that is held, final or not. */
  readonly blockOf: (digest: Digest) => Block | undefined;
  readonly peers: PeerPort;
  readonly clock: ClockPort;
  readonly monitor: Pick<EngineMonitor, 'refused'>;
  /** Number of members of the epoch. */
  readonly members: number;
  readonly me: MemberIndex | undefined;
}

/**
 * Completes proposals that name transactions which this member lacks: by gossip that comes late, and by asking, at once, the sender and another
 * member, then others, at last for the whole block. Nothing is believed: a hash shows whether a transaction is the one. A leader
 * whose transactions nobody gives costs its view, and no more.
 */
export class BodyPull {
  readonly #options: BodyPullOptions;
  readonly #budget: SecondBudget;
  readonly #waiting = new LackingProposals();

  constructor(options: BodyPullOptions) {
    this.#options = options;
    this.#budget = new SecondBudget(options.clock, LACKING_PER_SECOND_MAX);
  }

  stop(): void {
    for (const proposal of this.#waiting) this.#end(proposal);
  }

  /** A proposal came that cannot be read without transactions. */
  wait(from: MemberIndex, message: HearableLater, block: LackingProposal['block']): void {
    const { monitor, mempool, members, finalHeight, blockOf } = this.#options;
    const final = finalHeight();
    if (from >= members) return monitor.refused(from, 'unknown-member', NAME);
    if (block.height <= final) return monitor.refused(from, 'stale', NAME);
    if (block.height > final + LACKING_HEIGHTS_AHEAD_MAX) return monitor.refused(from, 'far-future', NAME);
    if (message.sizeBytes > LACKING_BYTES_EACH_MAX) return monitor.refused(from, 'oversized', TOO_LARGE);
    const proposal = new LackingProposal(from, message, block, mempool);
    // It is proposed again, and held: whoever proposed it first gave its transactions.
    proposal.give(blockOf(block.digest)?.transactions ?? []);
    if (this.#waiting.find(proposal) !== undefined) return monitor.refused(from, 'duplicate', NAME);
    if (proposal.lacked.length === 0) return this.#hear(proposal);
    if (!this.#budget.take(from)) return monitor.refused(from, 'overloaded', TOO_MANY);
    for (const older of this.#waiting.add(proposal)) this.#drop(older);
    this.#makeRoom();
    if (this.#waiting.has(proposal)) this.#ask(proposal);
  }

  /** Transactions of a member came by gossip, or because they were asked for. */
  arrived(transactions: readonly Transaction[]): void {
    if (this.#waiting.size === 0) return;
    for (const proposal of this.#waiting) this.#give(proposal, transactions);
    this.#makeRoom();
  }

  /** A member answers. Where that was a part, it is asked for the rest. */
  answered(transactions: readonly Transaction[], from: MemberIndex): void {
    if (this.#waiting.size === 0) return this.#options.monitor.refused(from, 'stale', UNASKED);
    for (const proposal of this.#waiting) {
      if (this.#give(proposal, transactions) > 0 && this.#waiting.has(proposal))
        this.#askOf(proposal, [from]);
    }
    this.#makeRoom();
  }

  /** A block came. @returns whether it was asked for here, and is no more needed. */
  blockArrived({ digest, transactions }: Block): boolean {
    const isAsked = [...this.#waiting].some(({ block }) => block.digest === digest);
    if (isAsked) this.arrived(transactions);
    return isAsked;
  }

  /** The chain is final up to here. */
  passed(height: Height): void {
    for (const proposal of this.#waiting.upTo(height)) this.#end(proposal);
  }

  /** @returns how many of the transactions it lacked. */
  #give(proposal: LackingProposal, transactions: readonly Transaction[]): number {
    const fresh = proposal.give(transactions);
    if (fresh > 0 && proposal.lacked.length === 0) this.#hear(proposal);
    return fresh;
  }

  #hear(proposal: LackingProposal): void {
    this.#end(proposal);
    try {
      proposal.message.hear(proposal.message.again({ transactions: proposal }));
    } catch {
      // A message that this member fails to handle is dropped, as any other is where it is read.
      this.#options.monitor.refused(proposal.from, 'invalid', UNHANDLED);
    }
  }

  /** By their hashes the sender and another, then two others; after that the whole block, of one at a time. */
  #ask(proposal: LackingProposal): void {
    const { asked } = proposal;
    if (asked >= ASKED_TIMES_MAX) return this.#drop(proposal);
    proposal.asked += 1;
    const isByHash = asked < ASKED_BY_HASH_MAX;
    const inTurn = this.#inTurn(proposal);
    const first = isByHash ? 2 * asked : asked - ASKED_BY_HASH_MAX;
    this.#askOf(proposal, [...inTurn, ...inTurn].slice(first, first + (isByHash ? 2 : 1)));
  }

  #askOf(proposal: LackingProposal, peers: readonly MemberIndex[]): void {
    const { lacked: hashes, asked, block } = proposal;
    const { peers: port, clock } = this.#options;
    const isByHash = asked <= ASKED_BY_HASH_MAX && hashes.length <= BODIES_ASKED_MAX;
    for (const peer of isByHash ? peers : peers.slice(0, 1)) {
      port.send(
        peer,
        isByHash ? { kind: 'bodies-request', hashes } : { kind: 'block-request', digest: block.digest },
      );
    }
    proposal.cancel();
    proposal.cancel = clock.after(BODIES_ANSWER_MS * 2 ** (asked - 1), () => this.#overdue(proposal));
  }

  /** Nobody answered in time, or not with all; clients may have given the rest meanwhile. */
  #overdue(proposal: LackingProposal): void {
    if (proposal.lacked.length === 0) this.#hear(proposal);
    else this.#ask(proposal);
  }

  /** The sender, then the members behind this one, so that not all ask the same. */
  #inTurn({ from }: LackingProposal): readonly MemberIndex[] {
    const { peers, members, me = -1 } = this.#options;
    const others = peers.connected().filter((peer) => peer < members && peer !== from);
    return [from, ...others.filter((peer) => peer > me), ...others.filter((peer) => peer < me)];
  }

  #makeRoom(): void {
    for (let most = this.#waiting.overflowing; most.length > 0; most = this.#waiting.overflowing)
      for (const proposal of most) this.#drop(proposal);
  }

  #drop(proposal: LackingProposal): void {
    this.#end(proposal);
    this.#options.monitor.refused(proposal.from, 'unresolved', NOT_GIVEN);
  }

  #end(proposal: LackingProposal): void {
    proposal.cancel();
    this.#waiting.delete(proposal);
  }
}
