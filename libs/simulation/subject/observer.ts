import type { Digest, MemberIndex } from '#libs/chain/ids.ts';
import type { Claim } from '#libs/protocol/certificate.ts';
import type { RefusalCause } from '#libs/protocol/module.ts';
import type { Position } from '#libs/protocol/vote/position.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import type { HeldBlock } from '../chain/shared-judge.ts';
import type { Load } from './subject.ts';

/** The events of honest instances, as the checkers see them. */
export interface Observer<Message, Record> {
  /** A life begins with this many final blocks: after a power cut there may be fewer than before it. */
  started(instance: number, height: number): void;
  /** A signature is asked for; `record` is the newest durable one. */
  asked(instance: number, statement: VoteStatement, record: Record | undefined): void;
  /** A signature leaves the signer; whether its register holds it, durably. */
  released(instance: number, statement: VoteStatement, isRecorded: boolean): void;
  /** The signer refused an honest member. */
  refused(instance: number, statement: VoteStatement, reason: string): void;
  saved(instance: number, before: Record | undefined, after: Record): void;
  transmitted(instance: number, message: Message): void;
  /** A message of the protocol leaves while the newest record waits for the disk. */
  sentTooSoon(instance: number): void;
  /** `leader`: of the view that is entered, as the member knows it. */
  entered(instance: number, position: Position, leader: MemberIndex): void;
  /** Transactions wait at a member, or no longer wait. */
  worked(instance: number, isPending: boolean): void;
  /** The signature of a claim holds, which this member did not know before. */
  proved(claim: Claim): void;
  /** A member sent a claim that it signs itself; nobody has verified it yet. */
  heard(from: MemberIndex, claim: Claim): void;
  /** A member holds evidence against another. */
  accused(instance: number, member: MemberIndex): void;
  /** A message was refused. */
  turnedAway(instance: number, from: MemberIndex, cause: RefusalCause): void;
  /** A member is not listened to for a while. */
  muted(instance: number, member: MemberIndex): void;
  /** The sizes of the parts of the state, now and then. */
  loaded(instance: number, loads: readonly Load[]): void;
  committed(instance: number, held: HeldBlock): void;
  /** A block is decided that does not extend the final chain. */
  contradicted(instance: number, decided: Digest, final: Digest | undefined): void;
  /** Not a crash: the replica gave up by itself. */
  halted(instance: number, cause: unknown): void;
}
