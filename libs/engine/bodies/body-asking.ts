import type { MemberIndex } from '#libs/chain/ids.ts';
import type { ClockPort, PeerPort } from '../ports/engine-ports.ts';
import { BODIES_ASKED_MAX } from '../ports/message-limits.ts';
import {
  ASKED_BY_HASH_MAX,
  ASKED_TIMES_MAX,
  BLOCK_ANSWER_MS,
  BODIES_ANSWER_MS,
  FIRST_ANSWER_MS_MAX,
  FIRST_ANSWERS_IN_VIEW,
} from './body-limits.ts';
import type { LackingProposal } from './lacking-proposal.ts';

export interface BodyAskingOptions {
  readonly peers: PeerPort;
  readonly clock: Pick<ClockPort, 'after'>;
  /** Number of members of the epoch. */
  readonly members: number;
  readonly me: MemberIndex | undefined;
  /** Time that a view may take, milliseconds. */
  readonly viewMs: () => number;
}

/** Whom a proposal's transactions are asked of, how, and how long for an answer is waited. */
export class BodyAsking {
  readonly #options: BodyAskingOptions;

  constructor(options: BodyAskingOptions) {
    this.#options = options;
  }

  /**
   * By their hashes first of the sender, a little later of another, then in the same way of two others; after that the whole block. One is asked at a
   * time, so gossip or an answer that comes meanwhile costs no second one.
   * @param senders - Of the proposals of this block that wait, the oldest first: each claims to have the transactions. That of the oldest asks
   * for all of them.
   * @param overdue - Called when the time for an answer is over.
   * @returns false when all of that was asked.
   */
  askNext(proposal: LackingProposal, senders: readonly MemberIndex[], overdue: () => void): boolean {
    const { asked, from } = proposal;
    if (asked >= ASKED_TIMES_MAX) return false;
    proposal.asked += 1;
    const inTurn = this.#inTurn(senders);
    const at = asked < ASKED_BY_HASH_MAX ? asked : asked - ASKED_BY_HASH_MAX;
    this.#ask(proposal, from === senders[0] ? inTurn[at % inTurn.length] : undefined, overdue);
    return true;
  }

  /** Asks the same member on: it gave a part. */
  askRest(proposal: LackingProposal, of: MemberIndex, overdue: () => void): void {
    this.#ask(proposal, of, overdue);
  }

  #ask(proposal: LackingProposal, of: MemberIndex | undefined, overdue: () => void): void {
    const { lacked: hashes, asked, block } = proposal;
    const isByHash = asked <= ASKED_BY_HASH_MAX && hashes.length <= BODIES_ASKED_MAX;
    const body = isByHash
      ? ({ kind: 'bodies-request', hashes } as const)
      : ({ kind: 'block-request', digest: block.digest } as const);
    if (of !== undefined) this.#options.peers.send(of, body);
    const waitMs = this.#waitMs(asked - 1);
    proposal.cancel();
    proposal.cancel = this.#options.clock.after(
      isByHash ? waitMs : Math.max(waitMs, BLOCK_ANSWER_MS),
      overdue,
    );
  }

  /** @param at - Times that anybody was asked before. Two are asked in the time for an answer, and each later time is twice as long. */
  #waitMs(at: number): number {
    if (at >= ASKED_BY_HASH_MAX) return BODIES_ANSWER_MS * 2 ** (at - ASKED_BY_HASH_MAX / 2);
    const firstMs = Math.min(FIRST_ANSWER_MS_MAX, this.#options.viewMs() / FIRST_ANSWERS_IN_VIEW);
    return at % 2 === 0 ? firstMs : BODIES_ANSWER_MS * 2 ** ((at - 1) / 2) - firstMs;
  }

  /** The senders, then the members behind this one, so that not all ask the same. */
  #inTurn(senders: readonly MemberIndex[]): readonly MemberIndex[] {
    const { peers, members, me = -1 } = this.#options;
    const others = peers.connected().filter((peer) => peer < members && !senders.includes(peer));
    return [...senders, ...others.filter((peer) => peer > me), ...others.filter((peer) => peer < me)];
  }
}
