import type { Digest, Epoch, MemberIndex, View } from '#libs/chain/ids.ts';
import type { QuorumCertificate } from '../certificate.ts';
import type { LeaveCertificate } from '../leave-certificate.ts';
import type { Input, ProtocolModule, RefusalCause } from '../module.ts';
import type { ValidatorSet } from '../validator-set.ts';
import type { Position } from '../vote/position.ts';
import type { VoteStatement } from '../vote/statement.ts';
import type { ConsensusStep } from './consensus-step.ts';
import type { ProtocolShape } from './protocol-shape.ts';

/** A message of a protocol says which of its messages it is. */
export interface NamedMessage {
  readonly kind: string;
}

/** All that a protocol's folder says of it: engine, stores, trace and simulator know a protocol by this alone. */
export interface ProtocolDescription<State, Message extends NamedMessage, Record> {
  readonly module: ProtocolModule<State, Message, Record>;
  /** The leader of each view of an epoch; pure. */
  readonly leaders: LeaderSchedule;
  /** Views ahead of a member whose proposals still matter to it. */
  readonly earlyViewsMax: bigint;
  readonly shape: ProtocolShape;
  readonly record: RecordCodec<Record>;
  readonly steps: StepTeller<State, Message>;
  /** Conduct that a step shows, which is no ground for a refusal and yet not that of an honest member. */
  noticed(before: State, input: Input<Message>, after: State): ConductNotice | undefined;
}

/** The leaders of the views of an epoch, by its members. */
export type LeaderSchedule = (set: ValidatorSet) => (view: View) => MemberIndex;

export interface ConductNotice {
  readonly member: MemberIndex;
  readonly fault: ConductFault;
  readonly detail: string;
}

export type ConductFault = 'proposal against the lock';

/** Certificates beside a record, which names each by a digest, so that none is written twice. */
export interface CertificateShelf {
  put(certificate: QuorumCertificate): Digest;
  putLeave(certificate: LeaveCertificate): Digest;
  /** @throws when it is not there, or damaged. */
  get(digest: Digest): QuorumCertificate;
  /** @throws when it is not there, or damaged. */
  getLeave(digest: Digest): LeaveCertificate;
}

/** The form of a protocol's safety records on disk. */
export interface RecordCodec<Record> {
  epochOf(record: Record): Epoch;
  /** The newest position in which its member may have signed. */
  reached(record: Record): Position;
  /** The blocks that the record refers to. */
  blocks(record: Record): readonly Digest[];
  /** JSON that names the certificates on the shelf. */
  write(record: Record, shelf: CertificateShelf): string;
  /** @throws when the text is no record of this protocol, or a certificate that it names cannot be read. */
  read(text: string, shelf: CertificateShelf): Record;
}

/** The events in the life of a message. `sent` to one member, `broadcasted` to all. */
export type MessageFate = 'received' | 'validated' | 'sent' | 'broadcasted';

/** A protocol's steps in words that operators follow. */
export interface StepTeller<State, Message> {
  /** @param member - The sender, or the receiver of a message that is sent to one. */
  message(message: Message, fate: MessageFate, member?: MemberIndex): ConsensusStep;
  refusal(message: Message, from: MemberIndex, cause: RefusalCause): ConsensusStep;
  /** A signature is asked for; undefined where no event tells it. */
  signing(statement: VoteStatement): ConsensusStep | undefined;
  /** The steps that one step of the protocol shows, by its input and the change of the state. */
  stepped(before: State, input: Input<Message>, after: State): Iterable<ConsensusStep>;
}
