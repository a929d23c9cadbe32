import { type Digest, ZERO_DIGEST } from '#libs/chain/ids.ts';
import type { CustodyState } from '#libs/custody/custody-state.ts';
import type { Decision } from '#libs/custody/decision.ts';
import { AUDIT_TEXT_MAX } from '../../words/limits.ts';
import type { AuditEntry, AuditOutcome } from './audit-entry.ts';

/** An event of the key itself, as an audit row of now. */
export function auditOf(
  { session, epoch }: CustodyState,
  outcome: AuditOutcome,
  text: string,
  digest: Digest = ZERO_DIGEST,
): AuditEntry {
  return {
    ...now(),
    outcome,
    session,
    epoch,
    instance: 0n,
    view: 0n,
    kind: text.slice(0, AUDIT_TEXT_MAX),
    digest,
  };
}

/** The decision about a request, as an audit row of now. `session` is the one that the request named. */
export function auditOfDecision(decision: Decision, session: bigint): AuditEntry {
  const isRefused = decision.kind === 'refuse';
  const slot = isRefused ? decision.facts.slot : decision.slot;
  const { epoch, instance, view, kind } = slot;
  const digest = isRefused ? decision.facts.wanted : decision.digest;
  const outcome = isRefused
    ? decision.reason
    : ({ sign: 'SIGNED', repeat: 'REPEATED' } as const)[decision.kind];
  return { ...now(), outcome, session, epoch, instance, view, kind, digest };
}

function now(): Pick<AuditEntry, 'atMs'> {
  return { atMs: BigInt(Date.now()) };
}
