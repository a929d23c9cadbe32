import type { Block } from '../../chain/block.ts';
import type { Digest, MemberIndex, View } from '../../chain/ids.ts';
import type { Claim, EpochRoot, QuorumCertificate } from '../../protocol/certificate.ts';
import type { ProtocolModule, RefusalCause } from '../../protocol/module.ts';
import type { Statement } from '../../protocol/statement.ts';
import type { ValidatorSet } from '../../protocol/validator-set.ts';
import type { Prng } from '../../random/prng.ts';
import type { PortsOwner } from '../member/ports.ts';
import type { Process } from '../member/process.ts';
import type { Step } from '../network/network.ts';

/** How much of something is kept, and how much at most. */
export interface Load {
  readonly name: string;
  readonly size: number;
  readonly max: number;
}

/** Bytes of a message on the wire, or why they are none. */
export type Decoded<Message> =
  | { readonly ok: true; readonly message: Message }
  | { readonly ok: false; readonly cause: RefusalCause };

/** The wire format of production, where the simulation is given it: all that is said passes through it. */
export interface WireCodec<Message> {
  /** The largest message that is read at all. */
  readonly bytesMax: number;
  encode(message: Message): Uint8Array;
  /** Never throws, whatever the bytes. */
  decode(bytes: Uint8Array): Decoded<Message>;
  /** A message as it is read at the other end. @throws for one that cannot be written, which only liars make. */
  carried(message: Message): Decoded<Message>;
  /** A block as it is read at the other end; undefined for one that is read as none. */
  carriedBlock(block: Block): Block | undefined;
}

/** Makes whole nodes. */
export interface WholeNodes<State, Message, Record> {
  /** Names of the lies that a node may tell beside the protocol. */
  readonly clerks: readonly string[];
  newLife(owner: PortsOwner<State, Message, Record>): Process<State, Message>;
}

/** A protocol with what the checkers and the actors must know of it. */
export interface Subject<State, Message, Record> {
  readonly module: ProtocolModule<State, Message, Record>;
  readonly codec?: WireCodec<Message>;
  /** Nodes with all that production has around the replica, where the simulation is given them. */
  readonly whole?: WholeNodes<State, Message, Record>;
  /** Byzantine behaviours by name. */
  readonly actors: ReadonlyMap<string, ActorFactory<Message>>;
  /** What in a durable record may never go down, by name (libs/simulation/README.md L2). */
  marks(record: Record): Readonly<globalThis.Record<string, bigint>>;
  /**
   * Whether the record remembers the statement, so that its signature may be asked for
   * (libs/simulation/README.md L5).
   */
  remembers(record: Record, statement: Statement): boolean;
  /** Whether the record holds the certificate that a vote is cast on (libs/simulation/README.md L3). */
  supports(record: Record, statement: Statement): boolean;
  /** Every certificate in a message (libs/simulation/README.md S2, S3). */
  certificates(message: Message): readonly QuorumCertificate[];
  /** What the sender of a message itself signs in it. */
  ownClaim(message: Message): Claim | undefined;
  /** Certificates that a durable record holds (libs/simulation/README.md L6). */
  stored(record: Record): readonly QuorumCertificate[];
  /** Sizes of what the state keeps, each with its bound (libs/simulation/README.md L8). */
  load(state: State): readonly Load[];
  /**
   * What may be left of it among honest members once everything is decided and said (libs/simulation/README.md V5).
   */
  rest(state: State): readonly Load[];
  /** Which step of which view a message belongs to: partitions may split each by itself. */
  step(message: Message): Step;
  /** A message in a few words, for the trace. */
  describe(message: Message): string;
}

/** What a Byzantine member can do: anything but sign for another. */
export interface ActorTools<Message> {
  readonly me: MemberIndex;
  readonly set: ValidatorSet;
  /** What its epoch starts from. */
  readonly root: EpochRoot;
  readonly random: Prng;
  leader(view: View): MemberIndex;
  sign(statement: Statement): Uint8Array;
  send(to: MemberIndex | 'all', message: Message): void;
  /** Blocks as an answer to whoever asked for some, or did not. */
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
  /** What the honest replica inside would send. The actor sends that, or anything else, or nothing. */
  outgoing(to: MemberIndex | 'all', message: Message): void;
  /** What this member hears; the replica inside hears it as well. */
  incoming?(from: MemberIndex, message: Message): void;
  /** A member asks for a block; `blocks` is what an honest member would answer. */
  serving?(to: MemberIndex, digest: Digest, blocks: readonly Block[]): void;
}

export type ActorFactory<Message> = (tools: ActorTools<Message>) => Actor<Message>;
