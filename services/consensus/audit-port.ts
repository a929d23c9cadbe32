import type { MemberIndex } from '#libs/chain/ids.ts';
import type { AuditPort } from '#libs/engine/ports/engine-ports.ts';
import { keyFor } from '#libs/membership/member-keys.ts';
import type { Roster } from '#libs/membership/roster.ts';
import type { AuditedMember } from './core/audit-heads.ts';
import type { MemberParts } from './member-parts.ts';

/** The audit heads of the members of one epoch; `refused` is called for a member whose head is not true. */
export function auditPort(
  audit: MemberParts['audit'],
  roster: Roster,
  refused: (from: MemberIndex) => void,
): AuditPort | undefined {
  return (
    audit && {
      own: () => audit.own(),
      heard: (from, head) => {
        const member = auditedIn(roster, (_, index) => index === from);
        const isTrue = member === undefined || audit.heard(member, head);
        if (!isTrue) refused(from);
      },
    }
  );
}

/** The facts by which the heads of a member are judged. */
export function auditedIn(
  roster: Roster,
  isWanted: (member: Roster[number], index: number) => boolean,
): AuditedMember | undefined {
  const member = roster.find(isWanted);
  if (member === undefined) return undefined;
  return { name: member.name, publicKey: member.publicKey, auditKey: keyFor(member, 'audit') };
}
