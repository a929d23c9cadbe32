import { type MemberIndex, toMemberIndex, toView, type View } from '#libs/chain/ids.ts';
import type { HeightLeaders } from '#libs/protocol/vote/height-leaders.ts';
import type { Position } from '#libs/protocol/vote/position.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';

/** A position in plain numbers, for plans that people read. */
export interface PlannedPosition {
  readonly instance: number;
  readonly view: number;
}

type Views = Pick<VoteTable, 'instances' | 'firstView'>;

const FIRST_HEIGHT = 1n;

/** Turns at the start of a run that may be split. */
const EARLY_TURNS = 6;

/** Views of each height among them, where heights have views of their own. */
const EARLY_VIEWS_PER_HEIGHT = 2;

/** A turn of a scenario, counted from 1: one view after the other, of the first height where each has views of its own. */
export function turnOf({ instances, firstView }: Views, turn: number): PlannedPosition {
  return { instance: instances === 'one' ? 0 : 1, view: Number(firstView) + turn - 1 };
}

/** The positions that a run comes to first. */
export function earlyPositions(table: Views): readonly PlannedPosition[] {
  const turns = Array.from({ length: EARLY_TURNS }, (_, at) => at);
  if (table.instances === 'one') return turns.map((at) => turnOf(table, at + 1));
  return turns.map((at) => ({
    instance: 1 + Math.floor(at / EARLY_VIEWS_PER_HEIGHT),
    view: Number(table.firstView) + (at % EARLY_VIEWS_PER_HEIGHT),
  }));
}

export function positionIn({ instance, view }: PlannedPosition): Position {
  return { instance: BigInt(instance), view: toView(BigInt(view)) };
}

/** The leaders of an epoch: as planned in its first views, and as the protocol has them behind those. */
export function plannedLeaders(
  leaders: readonly number[],
  { firstView }: Views,
  own: (view: View) => MemberIndex,
): (view: View) => MemberIndex {
  return (view) => {
    const planned = leaders[Number(view - firstView)];
    return planned === undefined ? own(view) : toMemberIndex(planned);
  };
}

/** The table of votes with these leaders in the first views of its first height, where the leaders of heights are in the table. */
export function withPlannedLeaders(table: VoteTable, planned: () => readonly number[]): VoteTable {
  const { leaders: own } = table;
  if (own === undefined) return table;
  const leaders: HeightLeaders = (members) => (view, instance, opening) => {
    const leader = instance === FIRST_HEIGHT ? planned()[Number(view - table.firstView)] : undefined;
    return leader === undefined ? own(members)(view, instance, opening) : toMemberIndex(leader);
  };
  return { ...table, leaders };
}

/** The name of a split of one step of a view, or of all steps that have none of their own. */
export function splitName({ instance, view }: Position | PlannedPosition, step = '*'): string {
  return `${instance}/${view} ${step}`;
}
