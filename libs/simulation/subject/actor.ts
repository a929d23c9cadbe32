import type { Block } from '#libs/chain/block.ts';
import type { Digest, MemberIndex, View } from '#libs/chain/ids.ts';
import type { EpochRoot } from '#libs/protocol/certificate.ts';
import type { ValidatorSet } from '#libs/protocol/validator-set.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import type { Prng } from '#libs/random/prng.ts';
import type { WireCodec } from './wire-codec.ts';

/** The means of a Byzantine member: it can do anything but sign for another. */
export interface ActorTools<Message> {
  readonly me: MemberIndex;
  readonly set: ValidatorSet;
  /** The protocol of its epoch. */
  readonly protocol: string;
  /** The root that its epoch starts from. */
  readonly root: EpochRoot;
  readonly random: Prng;
  leader(view: View): MemberIndex;
  sign(statement: VoteStatement): Uint8Array;
  send(to: MemberIndex | 'all', message: Message): void;
  /** Sends blocks as an answer, to a member that asked for some or did not. */
  sendBlocks(to: MemberIndex, blocks: readonly Block[]): void;
  /** Bytes, good or bad; they are read by the codec of the subject. */
  sendBytes(to: MemberIndex | 'all', bytes: Uint8Array): void;
  readonly codec: WireCodec<Message> | undefined;
  after(delayMs: number, run: () => void): void;
  /** A block on any block that this member holds, valid by itself; `salt` makes two of them differ. */
  makeBlock(view: View, parent: Digest, salt: string, timestampMs?: bigint): Block | undefined;
}

/** A Byzantine member: a replica whose every message passes through an actor, and whose key signs everything. */
export interface Actor<Message> {
  /** Takes a message that the honest replica inside would send. The actor sends it, or anything else, or nothing. */
  outgoing(to: MemberIndex | 'all', message: Message): void;
  /** Takes a message that this member hears; the replica inside hears it as well. */
  incoming?(from: MemberIndex, message: Message): void;
  /** A member asks for a block; `blocks` is the answer of an honest member. */
  serving?(to: MemberIndex, digest: Digest, blocks: readonly Block[]): void;
}

export type ActorFactory<Message> = (tools: ActorTools<Message>) => Actor<Message>;
