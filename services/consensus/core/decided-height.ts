import type { Digest, Epoch, Height, MemberIndex, View } from '#libs/chain/ids.ts';
import type { AbsenceCause } from '#libs/diagnosis/absence-causes.ts';
import type { MemberProgress, OwnHeights } from './member-progress.ts';
import type { SignerFault } from './signer-fault.ts';

/** A connection as the gateway tells of it. */
export interface LinkState {
  readonly isConnected: boolean;
  /** Since when it is so, or this process knows it. */
  readonly sinceMs: number;
}

/** The facts at the moment when a height became final here. */
export interface DecidedHeight {
  readonly height: Height;
  readonly epoch: Epoch;
  readonly digest: Digest;
  /** The height of the certificate, which is above where blocks were decided together. */
  readonly certifiedHeight: Height;
  /** The view of the certificate. */
  readonly view: View;
  /** Undefined where this member never was in that view. */
  readonly leader: MemberIndex | undefined;
  readonly signers: readonly MemberIndex[];
  readonly atMs: number;
  /** Milliseconds since 1970. */
  readonly timeMs: number;
  /** Whether this member was in the view that decided, when it learned the decision. */
  readonly isLive: boolean;
  /** Whether the votes of that view came to this member: they go to all, or it led. */
  readonly countsVotes: boolean;
  /** Whether the own gateway was attached. */
  readonly hasGateway: boolean;
  /** Names of the members that were voted out because they were away, as this member knows them. */
  readonly suspended: readonly string[];
  /** Of the members that did not sign, and of the leader. */
  readonly links: ReadonlyMap<MemberIndex, LinkState>;
  readonly signerFault: SignerFault | undefined;
}

/** Why one member is not among the signers, and what shows it. */
export interface MissingSignature {
  readonly cause: AbsenceCause;
  /** Sentences for a person. */
  readonly evidence: readonly string[];
  /** `late-vote`, `late-proposal`, `signer-slow`: by how much later than the decision, milliseconds. */
  readonly lateMs?: number | undefined;
  /** `link-down`: since when, milliseconds since 1970. */
  readonly sinceMs?: number | undefined;
  /** `behind`: the height that it reported. */
  readonly reportedHeight?: bigint | undefined;
}

/** A height that became final while this process ran. */
export interface SeenHeight {
  readonly decided: DecidedHeight;
  /** Why a member of its epoch did not sign. */
  absence(member: MemberIndex): MissingSignature;
}

/** The memory of this process of who took part in decisions. */
export interface ParticipationReader {
  /** Undefined of a height that became final before this process ran, or too long ago. */
  seen(height: Height): SeenHeight | undefined;
  /** The lowest height that is remembered; undefined before any. */
  readonly lowest: Height | undefined;
  /** The progress of each member, each candidate, and each member that was voted out because it was away. */
  progress(own: OwnHeights): readonly MemberProgress[];
  /** Whether stored evidence of an epoch accuses a member of it. */
  isAccused(member: MemberIndex, epoch: Epoch): boolean;
}
