import type { MemberAuditHead } from '#libs/proto/btcfed/consensus/v1/audit.ts';
import { complaintsOf, type SeenAudit } from '../../core/seen-audit.ts';

/** The newest head of each member's audit log, with all that a person must look at. */
export function auditHeadsToApi(seen: ReadonlyMap<string, SeenAudit>): MemberAuditHead[] {
  return [...seen].map(([member, each]) => ({
    member,
    head: each.heads.at(-1),
    seenMs: BigInt(each.seenMs),
    complaint: complaintsOf(each),
  }));
}
