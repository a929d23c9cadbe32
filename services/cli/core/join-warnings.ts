import type { MembershipChange } from '#libs/membership/change.ts';
import { plainName } from './change-words.ts';

/**
 * A line for each member that a change brings in. A member that leaves and joins in the same change takes another key: it is a member
 * before and after, and has nothing to catch up with.
 */
export function joinWarnings({ leave, join }: MembershipChange): readonly string[] {
  return join.filter(({ name }) => !leave.includes(name)).map(({ name }) => joinWarning(plainName(name)));
}

/** The federation cannot see how far a future member has caught up; only that member's operator can. */
function joinWarning(name: string): string {
  return (
    `${name} counts as a member two blocks after a quorum has voted, whether it has caught up or not: until it has, it is one of ` +
    `the members that may be away. Its operator sees with "btcfed status" when it is up to date`
  );
}
