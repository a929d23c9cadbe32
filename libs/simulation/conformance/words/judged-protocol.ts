import type { NewTerms } from '#libs/membership/new-terms.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import type { VotePath } from '#libs/protocol/vote-path.ts';
import { type SimulatedProtocol, simulated } from '../../campaign/simulated-protocol.ts';
import type { HostedSubject } from '../../nodes/whole-nodes.ts';
import type { Mutant } from './mutant.ts';
import type { ProcessRun } from './process-run.ts';
import type { SigningVector } from './signing-vector.ts';

/** A protocol that a chain can run, with numbers that suit the simulated world. */
export interface Contender {
  readonly subject: HostedSubject;
  /** The numbers that a change to it names. */
  readonly parameters: NonNullable<NewTerms['parameters']>;
}

/** All that a row says of a protocol beyond its description. */
export interface JudgedFacts extends Contender {
  /** Whether votes go to the leader, who answers with certificates, or to all. */
  readonly votePath: VotePath;
  readonly vectors: readonly SigningVector[];
  readonly mutants: readonly Mutant[];
  /** Runs in real processes, which the simulator cannot make; empty where the protocol runs in none. */
  readonly processes: readonly ProcessRun[];
  /** Every other protocol that a chain may go over to. */
  readonly others: readonly Contender[];
}

/** A protocol as the kit judges it: its description, its subject and its table, and never its name. */
export interface JudgedProtocol extends JudgedFacts {
  readonly table: VoteTable;
  readonly simulated: SimulatedProtocol;
}

export function judgedProtocol(facts: JudgedFacts): JudgedProtocol {
  const { subject } = facts;
  return { ...facts, table: subject.module.votes, simulated: simulated(subject) };
}
