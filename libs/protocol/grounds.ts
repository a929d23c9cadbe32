import type { BlockHeader } from '#libs/chain/block.ts';
import type { QuorumCertificate } from './certificate.ts';
import type { LeaveCertificate } from './leave-certificate.ts';
import type { KeySignature } from './signed.ts';

/**
 * The proofs that a member may sign a statement, for a signer that trusts nobody and verifies every signature in them
 * (libs/custody/README.md 3.3). A member leaves out proofs that it does not have, as after a restart: then it gets a
 * signature only if the signer recorded this very statement before.
 */
export interface Grounds {
  /** Header of the block proposed, or voted PREPARE for. */
  readonly header?: BlockHeader;
  /** The leader's signature of the proposal that is voted for. */
  readonly proposalSignature?: KeySignature;
  /**
   * The certificate that the statement rests on: of the parent, of the phase before, or the one that a timeout
   * reports.
   */
  readonly certificate?: QuorumCertificate;
  /** Proof that the view was reached, for a signer that was left behind. */
  readonly entry?: EntryProof;
  /** The decided block that the height stands on, where its header says who leads. */
  readonly opening?: OpeningProof;
}

/** A decided block: its header, and the certificate that decides it. */
export interface OpeningProof {
  readonly certificate: QuorumCertificate;
  readonly header: BlockHeader;
}

export interface EntryProof {
  /** Highest commit certificate. */
  readonly commit: QuorumCertificate;
  /** Highest timeout certificate. */
  readonly timeoutCertificate: LeaveCertificate | undefined;
}
