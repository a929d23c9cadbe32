import { appendLeaves, type Frontier } from './frontier.ts';
import { stateLeafOf } from './state-leaf.ts';
import type { Transaction } from './transaction.ts';

/**
 * The state tree after transactions upon a state. Its root stands in the header, so every member computes it before it
 * votes: a function that changes nothing, and gives all members the same.
 */
export type StateAfter = (before: Frontier, transactions: readonly Transaction[]) => Frontier;

/** The rule of a log: the hashes of the transactions become new leaves, in order. */
export const appendedTo: StateAfter = (before, transactions) =>
  appendLeaves(before, transactions.map(stateLeafOf));
