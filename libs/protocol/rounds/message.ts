import type { Block } from '#libs/chain/block.ts';
import type { Digest, Height, MemberIndex, View } from '#libs/chain/ids.ts';
import type { QuorumCertificate } from '../certificate.ts';
import type { LeaveCertificate } from '../leave-certificate.ts';
import type { Signed } from '../signed.ts';

/** The position that a message is of. */
interface Placed {
  readonly height: Height;
  readonly view: View;
}

/** A leader's block for a view; of a later view than the first it is PBFT's NEW-VIEW too. */
export interface RoundsProposal extends Placed, Signed {
  readonly kind: 'proposal';
  /** New, or the one that `leave` demands, byte for byte, with the header of its first proposer. */
  readonly block: Block;
  /** Proof that the view before was given up, with the highest prepared certificate reported; undefined in view 0. */
  readonly leave: LeaveCertificate | undefined;
}

/** A signed vote, for all. */
export interface RoundsVote extends Placed, Signed {
  readonly kind: 'vote';
  /** A voting kind of the protocol's table. */
  readonly step: string;
  readonly digest: Digest;
}

/** A member gave up a view, and reports what it prepared: PBFT's VIEW-CHANGE to the view after. */
export interface RoundsLeave extends Placed, Signed {
  readonly kind: 'leave';
  /** The highest prepared certificate of the member in this height; its signature covers view and digest of it. */
  readonly prepared: QuorumCertificate | undefined;
  /** Proof that the view before was given up. Undefined in view 0, and where `prepared` is of this very view. */
  readonly entry: LeaveCertificate | undefined;
}

/** A certificate, from any member: a prepared one, or a decision of any height. */
export interface ShownCertificate {
  readonly kind: 'certificate';
  readonly certificate: QuorumCertificate;
}

/** Proof that a view is over, from any member. */
export interface ShownLeave {
  readonly kind: 'left';
  readonly leave: LeaveCertificate;
}

/** A member asks for the messages of its view that it lacks. Proved by the channel alone: it is shown to nobody else. */
export interface RecoveryRequest extends Placed {
  readonly kind: 'request';
  readonly hasProposal: boolean;
  /** The members whose statements it has, one bit for each, by kind. */
  readonly have: ReadonlyMap<string, Uint8Array>;
}

/** The statements of a view that a member asked for, as their members signed them: nothing in it is to be believed of its sender. */
export interface RecoveryAnswer extends Placed {
  readonly kind: 'recovery';
  readonly statements: readonly RoundsStatement[];
}

/** The messages that are signed. */
export type RoundsStatement = RoundsProposal | RoundsVote | RoundsLeave;

/** All that members say to each other in a protocol of locked rounds. */
export type RoundsMessage =
  | RoundsStatement
  | ShownCertificate
  | ShownLeave
  | RecoveryRequest
  | RecoveryAnswer;

/** Whether one member signed the message. */
export function isStatement(message: RoundsMessage): message is RoundsStatement {
  return message.kind === 'proposal' || message.kind === 'vote' || message.kind === 'leave';
}

/** The member that signed it. */
export function authorOf({ member }: RoundsStatement): MemberIndex {
  return member;
}
