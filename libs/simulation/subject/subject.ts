import type { RootPlace } from '#libs/chain/root-place.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import type { LeaderSchedule } from '#libs/protocol/hosting/description.ts';
import type { ProtocolShape } from '#libs/protocol/hosting/protocol-shape.ts';
import type { ProtocolModule } from '#libs/protocol/module.ts';
import type { ParameterValues } from '#libs/protocol/parameters.ts';
import type { Position } from '#libs/protocol/vote/position.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import type { Step } from '../network/network.ts';
import type { ActorFactory } from './actor.ts';
import type { WireCodec } from './wire-codec.ts';

/** How much of something is kept, and how much at most. */
export interface Load {
  readonly name: string;
  readonly size: number;
  readonly max: number;
}

/** A protocol with the functions that checkers and actors need. */
export interface Subject<State, Message, Record> {
  readonly module: ProtocolModule<State, Message, Record>;
  /** The leaders of an epoch; a scenario may choose others for its first views. */
  readonly leaders: LeaderSchedule;
  readonly shape: ProtocolShape;
  readonly codec?: WireCodec<Message>;
  /** Where the application of its world has its roots; `same-block` when left out. With `next-block` nothing is built upon an undecided block. */
  readonly root?: RootPlace;
  /** The numbers of the protocol that the first terms of its world say; none when left out. */
  readonly parameters?: ParameterValues;
  /** Byzantine behaviours by name. */
  readonly actors: ReadonlyMap<string, ActorFactory<Message>>;
  /** The positions in a durable record that may never fall, by name (libs/simulation/README.md L2). */
  marks(record: Record): Readonly<globalThis.Record<string, Position>>;
  /**
   * Whether the record remembers the statement, so that its signature may be asked for
   * (libs/simulation/README.md L5).
   */
  remembers(record: Record, statement: VoteStatement): boolean;
  /** Whether the record holds the certificate that a vote is cast on (libs/simulation/README.md L3). */
  supports(record: Record, statement: VoteStatement): boolean;
  /** Every certificate in a message (libs/simulation/README.md S2, S3). */
  certificates(message: Message): readonly QuorumCertificate[];
  /** Certificates that a durable record holds (libs/simulation/README.md L6). */
  stored(record: Record): readonly QuorumCertificate[];
  /** Sizes of the parts of the state, each with its bound (libs/simulation/README.md L8). */
  load(state: State): readonly Load[];
  /** Sizes that may remain among honest members once everything is decided and sent (libs/simulation/README.md V5). */
  rest(state: State): readonly Load[];
  /** The step of a view that a message belongs to: partitions may split each step by itself. */
  step(message: Message): Step;
  /** A message in a few words, for the trace. */
  describe(message: Message): string;
}
