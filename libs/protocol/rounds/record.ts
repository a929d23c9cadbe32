import type { Epoch, Height, View } from '#libs/chain/ids.ts';
import type { QuorumCertificate } from '../certificate.ts';
import type { LeaveCertificate } from '../leave-certificate.ts';
import type { VoteStatement } from '../vote/statement.ts';

/** A view that was given up, and the certificate that was reported with it: to repeat it must repeat its bytes. */
export interface LeftView {
  readonly view: View;
  readonly prepared: QuorumCertificate | undefined;
}

/**
 * The facts of the open height that a member must remember over a crash: durable before any signature that they justify is
 * asked for. A record of a height that is final is over. No position in it ever falls.
 */
export interface RoundsRecord {
  readonly epoch: Epoch;
  readonly height: Height;
  readonly view: View;
  /** The statements of `view` that were asked for, in order: of lower views nothing is ever asked for again. */
  readonly signed: readonly VoteStatement[];
  readonly left: LeftView | undefined;
  /** The proof by which `view` was entered. */
  readonly entered: LeaveCertificate | undefined;
  /** Highest prepared certificate whose block is held and valid. */
  readonly prepared: QuorumCertificate | undefined;
  /** The decision, of this height or a later one, that is not final yet. */
  readonly decided: QuorumCertificate | undefined;
}
