import type { Digest, Epoch } from '#libs/chain/ids.ts';
import type { Input, ProtocolModule } from '../module.ts';
import type { Position } from '../vote/position.ts';
import type { VoteTable } from '../vote/vote-table.ts';
import type { CertificateShelf, ConductNotice, LeaderSchedule, StepTeller } from './description.ts';

/** The state of a hosted protocol. Its host alone looks into it. */
export abstract class HostedState {
  protected abstract readonly content: object;
}

/** A message of the protocol of its epoch, on its way through code that hosts any protocol. */
export abstract class ProtocolMessage {
  readonly kind = 'protocol';
  /** Id of its protocol. */
  abstract readonly protocol: string;
  /** Which of its protocol's messages it is, for logs. */
  abstract readonly name: string;
  protected abstract readonly content: object;
}

/** A safety record of a hosted protocol. */
export abstract class HostedRecord {
  /** Id of its protocol. */
  abstract readonly protocol: string;
  abstract readonly epoch: Epoch;
  /** The newest position in which its member may have signed. */
  abstract readonly reached: Position;
  /** The blocks that the record refers to. */
  abstract readonly blocks: readonly Digest[];
  protected abstract readonly content: object;

  /** JSON that names the certificates on the shelf. */
  abstract write(shelf: CertificateShelf): string;
}

/** The module of a hosted protocol: the types of its state, messages and records stay inside. */
export type HostedModule = ProtocolModule<HostedState, ProtocolMessage, HostedRecord>;

/** A protocol as an engine runs it, whichever it is. */
export interface HostedProtocol {
  readonly id: string;
  readonly votes: VoteTable;
  /** The leader of each view of an epoch; pure. */
  readonly leaders: LeaderSchedule;
  /** Views ahead of a member whose proposals still matter to it. */
  readonly earlyViewsMax: bigint;
  /** The names of the timers that give a view up: they start with it. */
  readonly viewTimers: readonly string[];
  /** Those after which a member says again what it said in the view. */
  readonly repeatTimers: readonly string[];
  readonly module: HostedModule;
  readonly steps: StepTeller<HostedState, ProtocolMessage>;
  noticed(before: HostedState, input: Input<ProtocolMessage>, after: HostedState): ConductNotice | undefined;
  /** @throws when the text is no record of this protocol, or a certificate that it names cannot be read. */
  readRecord(text: string, shelf: CertificateShelf): HostedRecord;
}

/** Closes values of one protocol for their way through other code, and opens them again. */
export interface Seal<Content, Closed> {
  close(content: Content): Closed;
  /** Undefined for one that another seal closed. */
  open(closed: Closed): Content | undefined;
}

/** A hosted protocol, for those who know its types. */
export interface Hosted<State, Message, Record> extends HostedProtocol {
  readonly states: Seal<State, HostedState>;
  readonly messages: Seal<Message, ProtocolMessage>;
  readonly records: Seal<Record, HostedRecord>;
}
