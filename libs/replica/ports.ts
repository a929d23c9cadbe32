import type { Block } from '#libs/chain/block.ts';
import type { BlockDraft } from '#libs/chain/block-draft.ts';
import type { Height, MemberIndex } from '#libs/chain/ids.ts';
import type { Claim, QuorumCertificate } from '#libs/protocol/certificate.ts';
import type { Grounds } from '#libs/protocol/grounds.ts';
import type { EntryCause, Fault, RefusalCause, TimerMoment, TimerName } from '#libs/protocol/module.ts';
import type { KeySignature } from '#libs/protocol/signed.ts';
import type { ViewFailure } from '#libs/protocol/view-failure.ts';
import type { Position } from '#libs/protocol/vote/position.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';

/**
 * The world of a replica. In production these are SQLite, the signer, the gateway and the clock; in the
 * simulator they are models of them over virtual time. Callbacks may come at once or later, or never.
 */
export interface ReplicaPorts<Message, Record> {
  readonly store: SafetyStore<Record>;
  readonly signer: SignerPort;
  readonly verifier: VerifierPort;
  readonly transport: TransportPort<Message>;
  readonly timers: TimerPort;
  readonly blocks: BlockPort;
  readonly monitor: MonitorPort<Message>;
}

/** The safety record. Both methods throw when the disk fails: the replica then halts. */
export interface SafetyStore<Record> {
  /** The newest record from now on: durable when the next `flush` returns, or the next `commit` of blocks, if one writes. */
  putRecord(record: Record): void;
  /** The newest record is durable when it returns, file and folder. Costs nothing when it is already. */
  flush(): void;
}

/**
 * `refused` is an ordinary answer: the signer guards its key by its own rules. `over`: nobody asked the signer,
 * because the view of the statement ended before.
 */
export type SignatureAnswer =
  | ({ readonly kind: 'signed' } & KeySignature)
  | { readonly kind: 'over' }
  | { readonly kind: 'refused'; readonly reason: string };

export interface SignerPort {
  sign(statement: VoteStatement, grounds: Grounds, done: (answer: SignatureAnswer) => void): void;
}

/** The own signer, as far as it verifies a certificate before it is asked for the vote that rests on it. */
export interface ProverPort {
  /** @param done - True: it verified every signature of this very certificate. False: it did not, for whatever reason, and nothing is judged. */
  prove(certificate: QuorumCertificate, done: (isProved: boolean) => void): void;
}

export interface VerifierPort {
  /**
   * Answers true only if every claim holds. Verifies nothing twice. `from` is who brought the claims, and pays for
   * them. A refusal is a false signature, of the claim that is named, unless it has another cause: then nothing was judged.
   */
  verify(
    claims: readonly Claim[],
    done: (ok: boolean, cause?: RefusalCause, falseClaim?: Claim) => void,
    from: MemberIndex,
  ): void;
}

export interface TransportPort<Message> {
  /** Sends if the receiver can be reached. `all` is everyone but the sender. */
  send(to: MemberIndex | 'all', message: Message): void;
}

/** The timers of a protocol (protocol-timers.ts). */
export interface TimerPort {
  /** Replaces a timer of the same name. @throws AssertionError for a wait below 0, or no number. */
  set(name: TimerName, moment: TimerMoment, fire: () => void): void;
  /** Moves a timer that runs later, within its bound. @throws AssertionError for less than 0, or no number. */
  extend(name: TimerName, byMs: number): void;
  cancel(name: TimerName): void;
}

/** Plain alarms of a machine, or of virtual time: the timers of protocols are made of them. */
export interface AlarmPort {
  /** Replaces an alarm of the same name. */
  set(name: TimerName, delayMs: number, fire: () => void): void;
  cancel(name: TimerName): void;
}

export interface BlockPort {
  build(position: Position, draft: BlockDraft, done: (block: Block) => void): void;
  /** Answers once the block and all its ancestors are held. */
  check(block: Block, from: MemberIndex, done: (ok: boolean) => void): void;
  /** Answers once the block and all its ancestors are held; `block`: the block itself, where its keeper hands it on. */
  fetch(
    certificate: QuorumCertificate,
    from: MemberIndex,
    done: (ok: boolean, height: Height, block?: Block) => void,
  ): void;
  /** Stores the block and its ancestors as final; fetches missing ones. @throws on a fork. */
  commit(certificate: QuorumCertificate, from: MemberIndex): void;
}

/** The facts known about a refused message, beside its sender and the cause. */
export interface RefusedMessage<Message> {
  readonly message: Message;
  readonly fault?: Fault | undefined;
  /** The claim whose signature is false, when that is the cause and the verifier names the claim. */
  readonly falseClaim?: Claim | undefined;
}

export interface MonitorPort<Message> {
  entered(position: Position, leader: MemberIndex, cause: EntryCause): void;
  /** A view failed, as the protocol tells it: once for each. */
  failed(failure: ViewFailure): void;
  refused(from: MemberIndex, cause: RefusalCause, refused: RefusedMessage<Message>): void;
  signatureRefused(statement: VoteStatement, reason: string): void;
  /** The replica stopped for good; it will sign nothing more until it is restarted. */
  halted(cause: unknown): void;
}
