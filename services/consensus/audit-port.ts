import type { MemberIndex } from '#libs/chain/ids.ts';
import type { AuditPort } from '#libs/engine/ports/engine-ports.ts';
import type { ValidatorSet } from '#libs/protocol/validator-set.ts';
import type { MemberParts } from './member-parts.ts';

/** The audit heads of the members of one epoch; `refused` is called for a member whose head is not true. */
export function auditPort(
  audit: MemberParts['audit'],
  { members }: ValidatorSet,
  refused: (from: MemberIndex) => void,
): AuditPort | undefined {
  return (
    audit && {
      own: () => audit.own(),
      heard: (from, head) => {
        const member = members[from];
        const isTrue = member === undefined || audit.heard(member, head);
        if (!isTrue) refused(from);
      },
    }
  );
}
