import type { BlockLimits } from '#libs/chain/block-rules.ts';
import type { Height, MemberIndex } from '#libs/chain/ids.ts';
import type { LackingBlock } from '#libs/chain/named-transactions.ts';
import type { ProtocolMessage } from '#libs/protocol/hosting/hosted-protocol.ts';
import type { RefusalCause } from '#libs/protocol/module.ts';
import type { ClockPort } from '../ports/engine-ports.ts';
import type { HearableLater } from '../ports/peer-listener.ts';
import { SecondBudget } from '../timing/second-budget.ts';
import {
  LACKING_BYTES_EACH_MAX,
  LACKING_HEIGHTS_AHEAD_MAX,
  LACKING_OF_OTHERS_PER_SECOND_MAX,
  LACKING_PER_SECOND_MAX,
} from './body-limits.ts';

/** The sender of a proposal that the protocol admits by its cheap checks: it leads the view that this member is in, or not. */
export type ProposerStanding = 'leads' | 'admitted';

export interface ProposalGateOptions {
  readonly finalHeight: () => Height;
  readonly clock: ClockPort;
  /** Number of members of the epoch. */
  readonly members: number;
  readonly limits: Pick<BlockLimits, 'transactionsMax'>;
  /** Undefined: the protocol refuses the message, whatever is lacked of it. */
  readonly standingOf: (from: MemberIndex, draft: ProtocolMessage) => ProposerStanding | undefined;
}

/** The fate of a proposal: it is waited for, refused here, or heard as it is, for the protocol refuses it. */
type Judgement =
  | { readonly standing: ProposerStanding }
  | { readonly cause: RefusalCause; readonly detail: string }
  | { readonly draft: ProtocolMessage };

const NAME = 'proposal';

/**
 * Which proposals are worth asking others for. A member that leads no view which matters here has nobody asked, and one that leads
 * another view than this member is in has few asked: nothing of the message is verified yet.
 */
export class ProposalGate {
  readonly #options: ProposalGateOptions;
  readonly #budgets: Readonly<Record<ProposerStanding, SecondBudget>>;

  constructor(options: ProposalGateOptions) {
    const { clock } = options;
    this.#options = options;
    this.#budgets = {
      leads: new SecondBudget(clock, LACKING_PER_SECOND_MAX),
      admitted: new SecondBudget(clock, LACKING_OF_OTHERS_PER_SECOND_MAX),
    };
  }

  /** None of the checks looks at a name, at a transaction or at a signature. */
  judge(from: MemberIndex, { sizeBytes, draft }: HearableLater, block: LackingBlock): Judgement {
    const { finalHeight, members, limits, standingOf } = this.#options;
    const final = finalHeight();
    if (from >= members) return { cause: 'unknown-member', detail: NAME };
    if (block.height <= final) return { cause: 'stale', detail: NAME };
    if (block.height > final + LACKING_HEIGHTS_AHEAD_MAX) return { cause: 'far-future', detail: NAME };
    const isTooLarge = block.hashes.length > limits.transactionsMax || sizeBytes > LACKING_BYTES_EACH_MAX;
    if (isTooLarge) return { cause: 'oversized', detail: 'too large to wait for' };
    if (draft?.kind !== 'protocol') return { cause: 'malformed', detail: 'names in another message' };
    const standing = standingOf(from, draft);
    return standing === undefined ? { draft } : { standing };
  }

  /** Whether one more proposal of this member may begin to wait in this second. */
  mayBegin(from: MemberIndex, standing: ProposerStanding): boolean {
    return this.#budgets[standing].take(from);
  }
}
