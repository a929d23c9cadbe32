import type { Claim, QuorumCertificate } from '#libs/protocol/certificate.ts';
import type { ProtocolModule } from '#libs/protocol/module.ts';
import type { Statement } from '#libs/protocol/statement.ts';
import type { Step } from '../network/network.ts';
import type { ActorFactory } from './actor.ts';
import type { WireCodec } from './wire-codec.ts';

/** How much of something is kept, and how much at most. */
export interface Load {
  readonly name: string;
  readonly size: number;
  readonly max: number;
}

/** A protocol with what the checkers and the actors must know of it. */
export interface Subject<State, Message, Record> {
  readonly module: ProtocolModule<State, Message, Record>;
  readonly codec?: WireCodec<Message>;
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
