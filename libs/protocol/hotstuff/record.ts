import type { Epoch, View } from '#libs/chain/ids.ts';
import type { QuorumCertificate } from '../certificate.ts';
import type { LeaveCertificate } from '../leave-certificate.ts';
import type { BlockRef } from '../vote/statement.ts';
import type { Phase } from './statements.ts';

/**
 * The facts that a member must remember over a crash to stay honest (RULES.md C.1): written before any
 * signature that they justify is asked for. No view in the record ever goes down.
 */
export interface SafetyRecord {
  readonly epoch: Epoch;
  readonly view: View;
  /** The votes cast in `view`, per phase. */
  readonly voted: Readonly<Partial<Record<Phase, BlockRef>>>;
  /** Newest view given up, with the very certificate that its timeout reports: repeating it must repeat its bytes. */
  readonly timedOut: { readonly view: View; readonly high: QuorumCertificate } | undefined;
  /** Newest proposal made as leader. */
  readonly proposed: (BlockRef & { readonly view: View }) | undefined;
  /** Highest prepare certificate. */
  readonly high: QuorumCertificate;
  /** Highest certificate locked on: pre-commit or commit. */
  readonly locked: QuorumCertificate | undefined;
  /** Highest commit certificate. */
  readonly commit: QuorumCertificate;
  /** Highest timeout certificate. */
  readonly timeoutCertificate: LeaveCertificate | undefined;
}
