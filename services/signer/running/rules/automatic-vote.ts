import { equalBytes } from '#libs/bytes/bytes.ts';
import type { Custodian } from '#libs/custody/custodian.ts';
import { changeDigest, type MembershipChange } from '#libs/membership/change.ts';
import type { MemberFacts } from '#libs/membership/roster.ts';
import type { ValidatorSet } from '#libs/protocol/validator-set.ts';
import type { AutomaticFacts } from '../../record/rules/custody-ledger.ts';
import type { VoteFault } from './vote-rules.ts';

/**
 * The objection to a vote that no person has seen, beside the rules of all votes; undefined when there is none.
 * A node may vote by itself for one change of an epoch: a member leaves, while enough are left, or a key that
 * was a member's before comes back. So a captured host brings in no key that the members never decided for, and
 * no terms.
 */
export function automaticFault(
  { state, context: { set } }: Custodian,
  change: MembershipChange,
  facts: AutomaticFacts,
): VoteFault | undefined {
  if (state.isRecovered)
    return refused('this key was recovered in this epoch, and does not know its earlier vote');
  if (facts.membersMin === undefined)
    return refused('this record was made before it knew how few members the genesis allows');
  const given = facts.given(state.epoch);
  if (given !== undefined && given !== changeDigest(change)) {
    const sentence = `a vote by itself is one change an epoch, and this key voted so for another (or its record cannot tell)`;
    return { reason: 'VOTE_GIVEN', sentence: `${sentence}: the operator may vote` };
  }
  const { leave, join, terms } = change;
  if (terms !== undefined) return refused('it names terms of the next epoch');
  if (leave.length + join.length !== 1)
    return refused('one member leaves or one comes back, and nothing else');
  const [back] = join;
  return back === undefined ? leaveFault(set, leave, facts.membersMin) : returnFault(set, back, facts);
}

function leaveFault(
  { members }: ValidatorSet,
  [leaving]: readonly string[],
  membersMin: number,
): VoteFault | undefined {
  if (!members.some(({ name }) => name === leaving)) return refused('the leaving member is not a member');
  if (members.length > membersMin) return undefined;
  return refused(
    `with ${members.length - 1} members there would be fewer than the ${membersMin} that the genesis asks for`,
  );
}

function returnFault(
  { epoch, members }: ValidatorSet,
  { name, publicKey, weight, keys }: MemberFacts,
  facts: AutomaticFacts,
): VoteFault | undefined {
  const isTaken = members.some((member) => member.name === name || equalBytes(member.publicKey, publicKey));
  if (isTaken) return refused('that name or key is a member now');
  // The record knows consensus keys alone, so it cannot tell whether these were decided for.
  if (keys !== undefined) return refused('it names further keys of the member');
  const before = facts.earlierMember(publicKey, epoch);
  if (before === undefined) return refused('no earlier epoch that this record knows had this key');
  if (before.name === name && before.weight === weight) return undefined;
  return refused(`that key was of ${before.name} with weight ${before.weight}`);
}

function refused(reason: string): VoteFault {
  return { reason: 'VOTE_NOT_AUTOMATIC', sentence: `not without a person: ${reason}; the operator may vote` };
}
