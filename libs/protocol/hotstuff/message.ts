import type { Block } from '#libs/chain/block.ts';
import type { Digest, Height, MemberIndex, View } from '#libs/chain/ids.ts';
import type { QuorumCertificate } from '../certificate.ts';
import type { LeaveCertificate } from '../leave-certificate.ts';
import type { KeySignature, Signed } from '../signed.ts';
import type { Phase } from './statements.ts';

/**
 * A leader's block with the prepare certificate of its parent; or, with `again`, the block that `justify` certifies
 * itself, which a later leader proposes once more: the last block of an epoch, that nothing may extend.
 */
export interface Proposal extends KeySignature {
  readonly kind: 'proposal';
  readonly block: Block;
  readonly again?: ProposedAgain | undefined;
  readonly justify: QuorumCertificate;
  /** The timeout certificate of the view before, when that view timed out. */
  readonly timeoutCertificate: LeaveCertificate | undefined;
}

/** The view and the leader of a repeated proposal: the header names the first proposer of the block. */
export interface ProposedAgain {
  readonly view: View;
  readonly member: MemberIndex;
}

/** The view that a proposal is made in. */
export function proposalView({ block, again }: Proposal): View {
  return again?.view ?? block.header.view;
}

/** The leader that proposes it, which may be another than the first proposer of the block. */
export function proposalMember({ block, again }: Proposal): MemberIndex {
  return again?.member ?? block.header.proposer;
}

/** A signed vote, for the leader of its view. */
export interface Vote extends Signed {
  readonly kind: 'vote';
  readonly phase: Phase;
  readonly view: View;
  readonly height: Height;
  readonly digest: Digest;
}

/** A certificate, from any member: its phase says what it proves, and its signatures prove it. */
export interface CertificateNotice {
  readonly kind: 'certificate';
  readonly certificate: QuorumCertificate;
}

/**
 * The knowledge of a member on entering a view. From the leader of that view it asks for the knowledge of the
 * others.
 */
export interface NewView {
  readonly kind: 'new-view';
  readonly view: View;
  readonly high: QuorumCertificate;
  readonly commit: QuorumCertificate;
  readonly timeoutCertificate: LeaveCertificate | undefined;
}

/** A member gave up a view. */
export interface Timeout extends Signed {
  readonly kind: 'timeout';
  readonly view: View;
  readonly high: QuorumCertificate;
  readonly commit: QuorumCertificate;
  /** The timeout certificate of the view before, when this view was entered by it. */
  readonly timeoutCertificate: LeaveCertificate | undefined;
}

/** Forwards the proof that a quorum gave up a view. */
export interface TimeoutNotice {
  readonly kind: 'timeout-certificate';
  readonly timeoutCertificate: LeaveCertificate;
}

/** All that HotStuff members say to each other. */
export type HotStuffMessage = Proposal | Vote | CertificateNotice | NewView | Timeout | TimeoutNotice;
