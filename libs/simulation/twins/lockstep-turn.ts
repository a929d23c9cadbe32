import { comparePositions, type Position } from '#libs/protocol/vote/position.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import { positionIn, turnOf } from '../plan/turns.ts';

/**
 * The last position of a turn, from 1: its view; or the newest one that an instance is in, where each height has views of its
 * own: so a turn decides one height at most, or gives up a view of it.
 */
export function turnAmong(
  turn: number,
  votes: Pick<VoteTable, 'instances' | 'firstView'>,
  positions: () => readonly Position[],
): Position {
  if (votes.instances === 'one') return positionIn(turnOf(votes, turn));
  const [first = positionIn(turnOf(votes, turn)), ...others] = positions();
  return others.reduce((max, each) => (comparePositions(each, max) > 0 ? each : max), first);
}
