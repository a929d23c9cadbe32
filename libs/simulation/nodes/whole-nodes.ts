import type { HotStuffSubject } from '../hotstuff/subject.ts';
import { CLERK_NAMES } from './clerks.ts';
import { WholeNode } from './whole-node.ts';

/** Nodes with the engine of production around the replica, for runs in which members change, or are away for long. */
export const wholeNodes: NonNullable<HotStuffSubject['whole']> = {
  clerks: CLERK_NAMES,
  newLife: (owner) => new WholeNode(owner),
};
