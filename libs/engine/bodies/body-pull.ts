import type { Block } from '#libs/chain/block.ts';
import type { Digest, Height, MemberIndex } from '#libs/chain/ids.ts';
import type { HeldTransactions, LackingBlock } from '#libs/chain/named-transactions.ts';
import type { Transaction } from '#libs/chain/transaction.ts';
import type { ProtocolMessage } from '#libs/protocol/hosting/hosted-protocol.ts';
import type { ClockPort, EngineMonitor } from '../ports/engine-ports.ts';
import type { HearableLater } from '../ports/peer-listener.ts';
import { SecondBudget } from '../timing/second-budget.ts';
import type { BodyAsking } from './body-asking.ts';
import { BODIES_SERVED_PER_SECOND_MAX } from './body-limits.ts';
import { LackingProposal } from './lacking-proposal.ts';
import { LackingProposals } from './lacking-proposals.ts';
import type { ProposalGate, ProposerStanding } from './proposal-gate.ts';

const NAME = 'proposal';
const NOT_GIVEN = 'proposal that names transactions which nobody gave';
const TOO_MANY = 'too many proposals with unknown transactions';
const UNASKED = 'transactions that were not asked for, or come late';

export interface BodyPullOptions {
  /** The transactions that wait here. */
  readonly held: HeldTransactions;
  readonly finalHeight: () => Height;
  /** A block that is held, final or not. */
  readonly blockOf: (digest: Digest) => Block | undefined;
  readonly asking: BodyAsking;
  readonly clock: ClockPort;
  readonly monitor: Pick<EngineMonitor, 'refused'>;
  readonly gate: ProposalGate;
}

type NewProposal = Pick<LackingProposal, 'from' | 'message' | 'block'>;

/**
 * Completes proposals that name transactions which this member lacks: by gossip that comes late, and by asking (`BodyAsking`). Nothing is
 * believed: a hash shows whether a transaction is the one. A leader whose transactions nobody gives costs its view, and no more.
 */
export class BodyPull {
  readonly #options: BodyPullOptions;
  /** Of requests for the rest: nobody answers more. A member that gives one after the other would have kilobytes sent for each. */
  readonly #rests: SecondBudget;
  readonly #waiting = new LackingProposals();

  constructor(options: BodyPullOptions) {
    this.#options = options;
    this.#rests = new SecondBudget(options.clock, BODIES_SERVED_PER_SECOND_MAX);
  }

  stop(): void {
    for (const proposal of this.#waiting) this.#end(proposal);
  }

  /**
   * A proposal came that cannot be read without transactions.
   * @returns its draft where the protocol refuses it already, and would for the same cause with all that it lacks.
   */
  wait(from: MemberIndex, whole: HearableLater, block: LackingBlock): ProtocolMessage | undefined {
    const judged = this.#options.gate.judge(from, whole, block);
    if ('draft' in judged) return judged.draft;
    const { draft: _, ...message } = whole;
    if ('cause' in judged) this.#options.monitor.refused(from, judged.cause, judged.detail);
    else this.#begin({ from, message, block }, judged.standing);
    return undefined;
  }

  #begin({ from, message, block }: NewProposal, standing: ProposerStanding): void {
    const { gate, monitor, held, blockOf } = this.#options;
    if (this.#waiting.renew({ from, message, block })) return monitor.refused(from, 'duplicate', NAME);
    // It may be held already. The budget comes before anything is made of its names, which may be many.
    const known = blockOf(block.digest);
    if (known === undefined && !gate.mayBegin(from, standing))
      return monitor.refused(from, 'overloaded', TOO_MANY);
    const proposal = new LackingProposal(from, message, block, held);
    proposal.give(known?.transactions ?? []);
    if (proposal.isComplete) return this.#hear(proposal);
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
      const isPart = this.#give(proposal, transactions) > 0 && this.#waiting.asks(proposal);
      if (isPart && this.#rests.take(from))
        this.#options.asking.askRest(proposal, from, () => this.#overdue(proposal));
    }
    this.#makeRoom();
  }

  /** A block came. @returns whether it was asked for here, and is no more needed. */
  blockArrived({ digest, transactions }: Block): boolean {
    const isAsked = [...this.#waiting].some(({ block }) => block.digest === digest);
    if (isAsked) this.arrived(transactions);
    return isAsked;
  }

  /** @returns how many of the transactions it lacked. */
  #give(proposal: LackingProposal, transactions: readonly Transaction[]): number {
    const fresh = proposal.give(transactions);
    if (fresh > 0 && proposal.isComplete) this.#hear(proposal);
    return fresh;
  }

  #hear(proposal: LackingProposal): void {
    this.#end(proposal);
    try {
      proposal.message.hear(proposal.read());
    } catch {
      // It is dropped, as any other that cannot be handled.
      this.#options.monitor.refused(proposal.from, 'invalid', 'it could not be handled');
    }
  }

  #ask(proposal: LackingProposal): void {
    const senders = this.#waiting.sendersOf(proposal.block);
    const isAsked = this.#options.asking.askNext(proposal, senders, () => this.#overdue(proposal));
    if (!isAsked) this.#drop(proposal);
  }

  /** Nobody answered in time, or not with all. Clients may have given the rest meanwhile, and the height may be decided. */
  #overdue(proposal: LackingProposal): void {
    if (proposal.isComplete) this.#hear(proposal);
    else if (proposal.block.height <= this.#options.finalHeight()) this.#end(proposal);
    else this.#ask(proposal);
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
