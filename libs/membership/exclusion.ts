import { type Digest, type Epoch, type Height, toHeight } from '#libs/chain/ids.ts';
import { isFor } from '#libs/chain/system-transactions.ts';
import type { Transaction } from '#libs/chain/transaction.ts';
import { EXCLUSION_PARAMETER } from '#libs/protocol/exclusion-words.ts';
import { changeDigest, rosterAfter } from './change.ts';
import { type ChangeGround, changeFault } from './policy.ts';

/** The part of a membership from which evidence can exclude. */
interface ExclusionGround extends ChangeGround {
  readonly chain: Digest;
  readonly epoch: Epoch;
  readonly adopted: object | undefined;
}

/**
 * The membership after the evidence in the block of this height, judged behind its votes: where the terms say so, the
 * members that it accuses leave together, as a change that these votes adopted would have them leave (TW-2.8.6). The first of them that
 * the policy cannot spare stays, and those behind it; so do all where a change is adopted already, and members that evidence of another epoch
 * accuses, for its places are of other members: about those the operators vote. Signatures are verified before a member votes for the block.
 */
export function withoutAccused<Before extends ExclusionGround>(
  before: Before,
  transactions: readonly Transaction[],
  height: Height,
): Before {
  const { rules, terms, chain, epoch, roster, adopted } = before;
  if (terms.parameters[EXCLUSION_PARAMETER] !== 1 || adopted !== undefined) return before;
  const accused = transactions
    .filter((each) => isFor('evidence', each))
    .map(({ bytes }) => rules.accusedIn(bytes))
    .filter((each) => each?.chain === chain && each.epoch === epoch);
  const names = [...new Set(accused.flatMap((each) => roster[each?.member ?? -1]?.name ?? []))];
  const leave = spared(before, names);
  if (leave.length === 0) return before;
  const change = { chain, epoch, leave, join: [] };
  const lastHeight = toHeight(height + 1n);
  return {
    ...before,
    adopted: { digest: changeDigest(change), roster: rosterAfter(roster, change), lastHeight },
  };
}

/** The first so many of these whom the policy can spare together, in the order of the block. */
function spared(before: ExclusionGround, names: readonly string[]): readonly string[] {
  const { chain, epoch } = before;
  for (let count = names.length; count > 0; count--) {
    const leave = names.slice(0, count);
    if (changeFault(before, { chain, epoch, leave, join: [] }) === undefined) return leave;
  }
  return [];
}
