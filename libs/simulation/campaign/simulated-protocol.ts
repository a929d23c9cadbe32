import type { ProtocolShape } from '#libs/protocol/hosting/protocol-shape.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import type { SimulatedSubject } from '../member/whole-nodes.ts';
import { AMNESIAC, TWIN } from '../plan/plan.ts';
import type { RunResult } from '../run/run-result.ts';
import { type RunOptions, simulate } from '../run/simulate.ts';
import { openTwins } from './open-twins.ts';
import type { OpenTask, TwinsTask } from './task.ts';

/** A protocol that can be simulated by name. */
export interface SimulatedProtocol {
  /** Byzantine behaviours that a seed may choose from, twins among them. */
  readonly actors: readonly string[];
  readonly votes: VoteTable;
  readonly shape: ProtocolShape;
  run(options: RunOptions): RunResult;
  twins(task: TwinsTask): OpenTask;
}

/** A protocol as campaigns run it: the types of its messages stay inside. */
export function simulated<State, Message, Record>(
  subject: SimulatedSubject<State, Message, Record>,
): SimulatedProtocol {
  return {
    actors: [TWIN, AMNESIAC, ...subject.actors.keys(), ...(subject.whole?.clerks ?? [])],
    votes: subject.module.votes,
    shape: subject.shape,
    run: (options) => simulate(subject, options),
    twins: (task) => openTwins(task, subject),
  };
}
