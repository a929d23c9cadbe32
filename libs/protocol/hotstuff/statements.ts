import type { Digest, View } from '#libs/chain/ids.ts';
import type { QuorumCertificate } from '../certificate.ts';
import type { LeaveCertificate, LeaveShare } from '../leave-certificate.ts';
import { type Signed, signedOf } from '../signed.ts';
import type { Position } from '../vote/position.ts';
import type { BlockRef, VoteStatement } from '../vote/statement.ts';

/** The step of a view that a vote counts in (HS-02). */
export type Phase = 'prepare' | 'pre-commit' | 'commit';

/** Whether a kind of statement or certificate is a phase. */
export function isPhase(kind: string): kind is Phase {
  return kind === 'prepare' || kind === 'pre-commit' || kind === 'commit';
}

/** The views of HotStuff run across heights, so all of an epoch is one instance. */
const INSTANCE = 0n;

/** The position of a view. */
export function viewPosition(view: View): Position {
  return { instance: INSTANCE, view };
}

/** A statement about one block: a leader's proposal, or a vote in a phase. */
export function blockStatement(
  kind: 'proposal' | Phase,
  view: View,
  { height, digest }: BlockRef,
): VoteStatement {
  return { kind, instance: INSTANCE, view, block: { height, digest }, reports: [] };
}

/** "I have given up this view; my highest prepare certificate is `high`." */
export function timeoutStatement(
  view: View,
  high: { readonly view: View; readonly digest: Digest },
): VoteStatement {
  const report = { instance: INSTANCE, view: high.view, digest: high.digest };
  return { kind: 'timeout', instance: INSTANCE, view, block: undefined, reports: [report] };
}

/** The certificate that a quorum of timeouts of one view adds up to. */
export function timeoutCertificateOf(
  view: View,
  shares: readonly LeaveShare[],
  high: QuorumCertificate,
): LeaveCertificate {
  return { kind: 'timeout', instance: INSTANCE, view, shares, high };
}

/** One member's timeout inside such a certificate. */
export function timeoutShareOf(
  signed: Signed,
  high: { readonly view: View; readonly digest: Digest },
): LeaveShare {
  return { ...signedOf(signed), reports: timeoutStatement(high.view, high).reports };
}
