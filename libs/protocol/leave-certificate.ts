import { toView, type View } from '#libs/chain/ids.ts';
import {
  type CertificateFault,
  type Claim,
  certificateFault,
  claimsOf,
  type EpochRoot,
  type QuorumCertificate,
  signersFault,
} from './certificate.ts';
import { type Signed, signedOf } from './signed.ts';
import type { ValidatorSet } from './validator-set.ts';
import type { Report } from './vote/statement.ts';
import { kindRowOf, type VoteTable } from './vote/vote-table.ts';

/** One member's signed statement that it gave a view up, inside a leave certificate. */
export interface LeaveShare extends Signed {
  /**
   * The prepared certificate that it reported. Members that start from that of the root always have one; in other
   * protocols there may be none.
   */
  readonly reports: readonly Report[];
}

/** Proof that a quorum gave up a view, with the highest prepared certificate that they reported. */
export interface LeaveCertificate {
  /** The kind by which the protocol gives a view up. */
  readonly kind: string;
  readonly instance: bigint;
  /** The view that was given up. */
  readonly view: View;
  /** Distinct members, ascending. */
  readonly shares: readonly LeaveShare[];
  /** Undefined when none was reported. */
  readonly high: QuorumCertificate | undefined;
}

/** The signatures of a leave certificate, those of its prepared certificate included. */
export function leaveClaimsOf({ kind, instance, view, shares, high }: LeaveCertificate): readonly Claim[] {
  const own = shares.map((share) => ({
    ...signedOf(share),
    statement: { kind, instance, view, block: undefined, reports: share.reports },
  }));
  return high === undefined ? own : [...own, ...claimsOf(high)];
}

/** The fault in the shape of a leave certificate, or undefined. */
export function leaveCertificateFault(
  certificate: LeaveCertificate,
  set: ValidatorSet,
  root: EpochRoot,
  table: VoteTable,
): CertificateFault | undefined {
  const { kind, instance, shares, high } = certificate;
  if (kindRowOf(table, kind)?.leaves === undefined) return 'certificate of a kind that gives no view up';
  const isOpen = table.instances === 'one' ? instance === 0n : instance > root.height;
  if (!isOpen) return 'leave certificate of an instance that is over';
  const least = table.instances === 'one' ? 1 : 0;
  const isShaped = shares.every(
    ({ reports }) =>
      reports.length >= least && reports.length <= 1 && reports.every(({ instance: of }) => of === instance),
  );
  if (!isShaped) return 'share without the one report of its instance';
  const fault = highFault(certificate, table) ?? signersFault(shares, { kind, set, table });
  return fault ?? (high && certificateFault(high, set, root, table));
}

/** The prepared certificate must be the highest one reported, so that the next leader can hide none. */
function highFault(
  { instance, view, shares, high }: LeaveCertificate,
  { prepared }: VoteTable,
): CertificateFault | undefined {
  const reports = shares.flatMap((share) => share.reports);
  if (high === undefined) {
    return reports.length === 0 ? undefined : 'high certificate is not the highest reported';
  }
  if (high.kind !== prepared) return 'high certificate of another phase';
  const highest = reports.reduce((max, each) => (each.view > max ? each.view : max), toView(0n));
  // A member may have seen a prepared certificate of the very view that it gave up.
  if (high.view !== highest || highest > view) return 'high certificate is not the highest reported';
  const isReported = ({ view: at, digest }: Report) => at === high.view && digest === high.digest;
  return high.instance === instance && reports.some(isReported)
    ? undefined
    : 'high certificate was not reported';
}
