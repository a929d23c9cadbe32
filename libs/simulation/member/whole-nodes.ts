import type { MemberRules } from '#libs/membership/policy.ts';
import type { LeaderSchedule } from '#libs/protocol/hosting/description.ts';
import type { FoundingProtocols } from '#libs/protocol/parameters.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import type { Subject } from '../subject/subject.ts';
import type { PortsOwner } from './ports-owner.ts';
import type { Process } from './process.ts';

/** Makes whole nodes. */
export interface WholeNodes<State, Message, Record> {
  /** Names of the lies that a node may tell beside the protocol. */
  readonly clerks: readonly string[];
  /** Names of those that a plan has only where the run names them. */
  readonly namedClerks: readonly string[];
  /** The protocols that a change of the terms may name; none when left out. */
  readonly protocols?: FoundingProtocols;
  /** Reads evidence in a block; nobody is accused when left out. */
  readonly accusedIn?: MemberRules['accusedIn'];
  /** The votes of a protocol that these nodes run, by its id. */
  tableOf(protocol: string): VoteTable | undefined;
  /** Their leaders, likewise. */
  leadersOf(protocol: string): LeaderSchedule | undefined;
  newLife(owner: PortsOwner<State, Message, Record>): Process<State, Message>;
}

/** A protocol with the nodes that it can run in: replicas alone, or whole nodes too where the simulation is given them. */
export interface SimulatedSubject<State, Message, Record> extends Subject<State, Message, Record> {
  /** Nodes with all that production has around the replica. */
  readonly whole?: WholeNodes<State, Message, Record>;
}
