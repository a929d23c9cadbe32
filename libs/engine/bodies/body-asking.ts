import type { MemberIndex } from '#libs/chain/ids.ts';
import type { ClockPort, PeerPort } from '../ports/engine-ports.ts';
import { BODIES_ASKED_MAX } from '../ports/message-limits.ts';
import { ASKED_BY_HASH_MAX, ASKED_TIMES_MAX, BLOCK_ANSWER_MS, BODIES_ANSWER_MS } from './body-limits.ts';
import type { LackingProposal } from './lacking-proposal.ts';

export interface BodyAskingOptions {
  readonly peers: PeerPort;
  readonly clock: Pick<ClockPort, 'after'>;
  /** Number of members of the epoch. */
  readonly members: number;
  readonly me: MemberIndex | undefined;
}

/** Whom a proposal's transactions are asked of, how, and how long for an answer is waited. */
export class BodyAsking {
  readonly #options: BodyAskingOptions;

  constructor(options: BodyAskingOptions) {
    this.#options = options;
  }

  /**
   * By their hashes the sender and another, then two others; after that the whole block, of one at a time.
   * @param overdue - Called when the time for an answer is over.
   * @returns false when all of that was asked.
   */
  askNext(proposal: LackingProposal, overdue: () => void): boolean {
    const { asked } = proposal;
    if (asked >= ASKED_TIMES_MAX) return false;
    proposal.asked += 1;
    const isByHash = asked < ASKED_BY_HASH_MAX;
    const inTurn = this.#inTurn(proposal);
    const first = isByHash ? 2 * asked : asked - ASKED_BY_HASH_MAX;
    this.#ask(proposal, [...inTurn, ...inTurn].slice(first, first + (isByHash ? 2 : 1)), overdue);
    return true;
  }

  /** Asks the same member on: it gave a part. */
  askRest(proposal: LackingProposal, of: MemberIndex, overdue: () => void): void {
    this.#ask(proposal, [of], overdue);
  }

  #ask(proposal: LackingProposal, peers: readonly MemberIndex[], overdue: () => void): void {
    const { lacked: hashes, asked, block } = proposal;
    const isByHash = asked <= ASKED_BY_HASH_MAX && hashes.length <= BODIES_ASKED_MAX;
    for (const peer of isByHash ? peers : peers.slice(0, 1)) {
      this.#options.peers.send(
        peer,
        isByHash ? { kind: 'bodies-request', hashes } : { kind: 'block-request', digest: block.digest },
      );
    }
    const waitMs = BODIES_ANSWER_MS * 2 ** (asked - 1);
    proposal.cancel();
    proposal.cancel = this.#options.clock.after(
      isByHash ? waitMs : Math.max(waitMs, BLOCK_ANSWER_MS),
      overdue,
    );
  }

  /** The sender, then the members behind this one, so that not all ask the same. */
  #inTurn({ from }: LackingProposal): readonly MemberIndex[] {
    const { peers, members, me = -1 } = this.#options;
    const others = peers.connected().filter((peer) => peer < members && peer !== from);
    return [from, ...others.filter((peer) => peer > me), ...others.filter((peer) => peer < me)];
  }
}
