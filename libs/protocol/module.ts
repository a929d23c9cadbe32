import type { Block, BlockHeader } from '#libs/chain/block.ts';
import type { BlockDraft } from '#libs/chain/block-draft.ts';
import type { HeaderRule } from '#libs/chain/header-rules.ts';
import type { Digest, Height, MemberIndex, View } from '#libs/chain/ids.ts';
import type { CertificateFault, Claim, EpochRoot, QuorumCertificate } from './certificate.ts';
import type { ControlWord } from './control.ts';
import type { Grounds } from './grounds.ts';
import type { ParameterValues } from './parameters.ts';
import type { ProtocolTiming } from './protocol-timing.ts';
import type { KeySignature } from './signed.ts';
import type { ValidatorSet } from './validator-set.ts';
import type { ViewFailure } from './view-failure.ts';
import type { ViewTally } from './view-tally.ts';
import type { Position } from './vote/position.ts';
import type { SigningScope, VoteStatement } from './vote/statement.ts';
import type { VoteTable } from './vote/vote-table.ts';
import type { VotePath } from './vote-path.ts';

/** The constants of a protocol instance. The instance lives as long as the validator set of its epoch. */
export interface ProtocolContext<Record> {
  /** Own position; undefined on a node that only watches. */
  readonly me: MemberIndex | undefined;
  readonly set: ValidatorSet;
  readonly table: VoteTable;
  readonly scope: SigningScope;
  /** The final block that the epoch starts from. */
  readonly root: EpochRoot;
  readonly timing: ProtocolTiming;
  /** The numbers of the terms of the epoch, as they are said: the meaning of one that is not said is the protocol's to know. */
  readonly parameters: ParameterValues;
  /** The leader of a view, by the leader schedule; pure. */
  leader(view: View): MemberIndex;
  /** The newest durable safety record, or undefined on a virgin member. */
  readonly restored: Record | undefined;
  /** Commit certificate of the newest block of the chain store, or of the root when that is the newest. */
  readonly tip: QuorumCertificate;
}

/** All that can happen to a protocol instance. */
export type Input<Message> =
  | { readonly kind: 'start' }
  /** A message whose sender the channel proved, and whose signatures were all verified. */
  | { readonly kind: 'message'; readonly from: MemberIndex; readonly message: Message }
  | { readonly kind: 'timer'; readonly name: TimerName; readonly position: Position }
  /** The signature asked for by `sign`. */
  | ({ readonly kind: 'signed'; readonly statement: VoteStatement } & KeySignature)
  /** The block asked for by `build`. */
  | { readonly kind: 'built'; readonly position: Position; readonly block: Block }
  /**
   * Answer to `check` or `fetch`: the block and all its ancestors are held, and it is valid or not. `block`: the block itself,
   * where its keeper hands it on, for a leader that proposes it once more.
   */
  | {
      readonly kind: 'checked';
      readonly digest: Digest;
      readonly height: Height;
      readonly ok: boolean;
      readonly block?: Block;
    }
  /**
   * Whether there is anything to decide (empty-blocks.ts): without it, views rest (RULES.md C.5.7). Said on each
   * change, and after each `commit`.
   */
  | { readonly kind: 'work'; readonly pending: boolean }
  /**
   * The newest final block: said once after `start`, and whenever it is another one, by a `commit` of this protocol or
   * by synchronisation. Blocks that became final together are not told one by one.
   */
  | ({ readonly kind: 'final' } & FinalBlock)
  /** The operator's word to the protocol, one of its `controls`. */
  | ({ readonly kind: 'control' } & ControlWord)
  /** A member's connection came up: it may have missed something. */
  | { readonly kind: 'peer'; readonly member: MemberIndex }
  /** A member reported less than this one knows: it needs proofs, its report no verification. */
  | { readonly kind: 'behind'; readonly member: MemberIndex; readonly reported: Progress };

/** A final block, as far as those who build on it must know it. */
export interface FinalBlock {
  readonly header: BlockHeader;
  readonly digest: Digest;
  readonly certificate: QuorumCertificate;
}

/** A name of the protocol's own; `view` is the timer of the view or round, whose length is paced by measuring. */
export type TimerName = string;

/**
 * The moment when a timer fires. `afterMs`: relative, and paced by the measuring of this member. `atMs`: the time of day,
 * milliseconds since 1970, as its clock has it; a time that is past is at once, and one that is more than
 * `viewTimeoutMsMax` away is not waited for any longer than that.
 */
export type TimerMoment = { readonly afterMs: number } | { readonly atMs: bigint };

/** All that a protocol instance can ask for, in the order it must be done. */
export type Effect<Message, Record> =
  /** Make the record durable before anything is signed or sent after it. A record stands for all before it. */
  | { readonly kind: 'persist'; readonly record: Record }
  /** Make the record durable, then have the signer sign; comes back as `signed`, in the order asked for. */
  | {
      readonly kind: 'sign';
      readonly record: Record;
      readonly statement: VoteStatement;
      readonly grounds: Grounds;
    }
  /** Sends a message. It carries only signatures that came back from `sign`, and certificates. */
  | { readonly kind: 'transmit'; readonly to: MemberIndex | 'all'; readonly message: Message }
  /** Fires once as `timer`, unless its position is over by then; setting a name again replaces it. */
  | ({ readonly kind: 'set-timer'; readonly name: TimerName; readonly position: Position } & TimerMoment)
  /**
   * Lets a timer that runs fire later by `byMs`, which is paced as relative waits are; from its setting on it waits no
   * longer than `viewTimeoutMsMax` in all. Nothing happens where none of this name runs.
   */
  | { readonly kind: 'extend-timer'; readonly name: TimerName; readonly byMs: number }
  | { readonly kind: 'cancel-timer'; readonly name: TimerName }
  /**
   * Make this block, or give its parent again when nothing may extend that; comes back as `built`, or never.
   * `position` is the one that proposes it.
   */
  | { readonly kind: 'build'; readonly position: Position; readonly draft: BlockDraft }
  /** Hold this block and judge it; comes back as `checked` once all its ancestors are held. */
  | { readonly kind: 'check'; readonly block: Block; readonly from: MemberIndex }
  /** Get a block that was certified but never received; comes back as `checked`. */
  | { readonly kind: 'fetch'; readonly certificate: QuorumCertificate; readonly from: MemberIndex }
  /** The block is decided: store it and its ancestors as final, with this proof; answered by `work`. */
  | { readonly kind: 'commit'; readonly certificate: QuorumCertificate; readonly from: MemberIndex }
  | {
      readonly kind: 'entered';
      readonly position: Position;
      readonly leader: MemberIndex;
      readonly cause: EntryCause;
    }
  /** A view fails: this member gives it up now, or did not and a quorum has. Said once of each view, and decides nothing. */
  | { readonly kind: 'failed'; readonly failure: ViewFailure };

/** Why a view was entered: the member started, the view before decided or was given up, or others are in it. */
export type EntryCause = 'start' | 'decision' | 'leave' | 'proof';

export interface Transition<State, Message, Record> {
  readonly state: State;
  readonly effects: readonly Effect<Message, Record>[];
}

/** The part of a protocol's state that may be shown. */
export interface PublicState {
  readonly position: Position;
  readonly leader: MemberIndex;
  /** Where votes go to the leader, nobody votes in a later phase without a certificate of the leader. */
  readonly votePath: VotePath;
  readonly phase: string;
  /** Kinds of which a certificate is known in this view. */
  readonly certified: readonly string[];
  readonly timedOutViews: bigint;
  /** The votes of this view that are held: counted when it is called, and not before. */
  readonly tally: () => ViewTally;
}

/**
 * The position of a member. View and decision are independent: a view may be entered by timeouts, without the
 * newest decision.
 */
export interface Progress {
  /** The view that it is in. */
  readonly at: Position;
  /** The position of the newest decision that it knows. */
  readonly decided: Position;
}

/**
 * The judgement of a message, made without touching a signature: whether it is worth verifying. `behind` is the
 * position that its sender reports, when the sender should be helped. `fault` decides nothing.
 */
export type Admission =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly cause: RefusalCause;
      readonly fault?: Fault | undefined;
      readonly behind?: Progress;
    };

/** Why a message goes no further. Counted and logged by cause and peer. */
export type RefusalCause =
  | 'malformed'
  | 'oversized'
  | 'wrong-chain'
  | 'wrong-epoch'
  | 'unknown-member'
  | 'wrong-sender'
  | 'stale'
  | 'far-future'
  | 'duplicate'
  | 'invalid'
  | 'unsafe'
  | 'equivocation'
  | 'bad-signature'
  /** A signature names a key that nobody here can tell the member of: nobody is to blame, and nothing is proved. */
  | 'unresolved'
  /** An accusation whose evidence does not prove it (BYZ-27). */
  | 'false-evidence'
  | 'overloaded';

/** The exact fault of a message, where the operator gets more than the cause. A closed list: codes depend on it. */
export type Fault =
  | CertificateFault
  | 'certificate of another phase'
  | 'certificate newer than its report'
  | 'timeout certificate newer than its report'
  | 'certificate with a false signature'
  | 'proposal with a false signature'
  | 'proposal that cannot be read'
  | 'proposal too large'
  | 'block too large'
  | 'certificate too large'
  | 'digest of another header'
  | 'block of another epoch'
  | 'block that does not extend its justification'
  | 'justification of another phase, or not of an earlier view'
  | 'timeout certificate of another view than the one before'
  | 'justification below the highest one reported'
  | 'vote for a block that was not proposed'
  | 'vote before its time'
  | 'too many messages wait to be verified';

/**
 * A consensus protocol: pure, synchronous, deterministic. No clock, no randomness, no I/O, no promise; time
 * and the world come in as inputs and go out as effects (ARCHITECTURE.md "Layers").
 */
export interface ProtocolModule<State, Message, Record> {
  readonly id: string;
  /** The kinds of its statements, and the meaning of each. */
  readonly votes: VoteTable;
  /** Which header may follow which. */
  readonly follows: HeaderRule;
  /** The names of the operator's words that it understands: those of `control`. */
  readonly controls: readonly string[];
  init(context: ProtocolContext<Record>): Transition<State, Message, Record>;
  step(state: State, input: Input<Message>): Transition<State, Message, Record>;
  /** Cheap checks, dearest last and none of them a signature (RULES.md A.44). */
  admit(state: State, from: MemberIndex, message: Message): Admission;
  /** Every signature in a message, its nested certificates included. */
  claims(message: Message): readonly Claim[];
  /** The sender's own signature in a message, or undefined: certificates hold those of others. */
  ownClaim(message: Message): Claim | undefined;
  /** The block that a message proposes, or whose proposal it passes on; undefined of any other. */
  proposed(message: Message): Block | undefined;
  /** The position of a message that reports one, and asks for proofs where it is over; undefined of any other. */
  reported(message: Message): Position | undefined;
  /** The message by which a decision comes in that another member shows: members speak of decisions in every protocol alike. */
  decision(certificate: QuorumCertificate): Message;
  /** To whom the votes of an epoch with these terms go. */
  votePath(parameters: ParameterValues): VotePath;
  snapshot(state: State): PublicState;
}
