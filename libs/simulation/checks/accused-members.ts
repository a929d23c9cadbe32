import type { Digest, Epoch } from '#libs/chain/ids.ts';
import { isFor } from '#libs/chain/system-transactions.ts';
import type { Transaction } from '#libs/chain/transaction.ts';
import type { MembershipChange } from '#libs/membership/change.ts';
import type { MemberRules } from '#libs/membership/policy.ts';
import type { Roster } from '#libs/membership/roster.ts';
import type { ProtocolTerms } from '#libs/protocol/parameters.ts';

/** The part of a membership that evidence can change. */
interface AccusedGround {
  readonly chain: Digest;
  readonly epoch: Epoch;
  readonly roster: Roster;
  readonly terms: ProtocolTerms;
  readonly adopted: object | undefined;
}

interface ExclusionRules extends Pick<MemberRules, 'accusedIn'> {
  readonly isAllowed: (change: MembershipChange) => boolean;
}

/** The change that evidence among these transactions adopts, of as many members as the policy can spare, in its order; or undefined. */
export function exclusionBy(
  transactions: readonly Transaction[],
  ground: AccusedGround,
  { accusedIn, isAllowed }: ExclusionRules,
): MembershipChange | undefined {
  const { chain, epoch, roster, terms, adopted } = ground;
  if (terms.parameters['exclude_on_evidence'] !== 1 || adopted !== undefined) return undefined;
  const liars = new Set<string>();
  for (const { bytes } of transactions.filter((each) => isFor('evidence', each))) {
    const accused = accusedIn(bytes);
    const name = accused === undefined ? undefined : roster[accused.member]?.name;
    if (name !== undefined && accused?.chain === chain && accused.epoch === epoch) liars.add(name);
  }
  for (const leave = [...liars]; leave.length > 0; leave.pop()) {
    const change = { chain, epoch, leave: [...leave], join: [] };
    if (isAllowed(change)) return change;
  }
  return undefined;
}
