import { toMemberIndex } from '#libs/chain/ids.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import { type Plan, type Split, TWIN } from '../plan/plan.ts';
import { FAULTS, planWithout } from '../plan/plan-without.ts';
import { turnOf } from '../plan/turns.ts';

/** One view of a Twins scenario: its leader, and the groups that reach each other. */
export interface TwinsView {
  readonly leader: number;
  /** Group of each instance: first one of each member, then the second ones of the twins. */
  readonly groups: readonly number[];
  /** Other groups for single phases. */
  readonly phases?: Readonly<Record<string, readonly number[]>>;
}

/** A federation in which the first members are twins: two instances with one key (libs/simulation/README.md B.5). */
export interface TwinsScenario {
  readonly members: number;
  readonly twins: number;
  readonly views: readonly TwinsView[];
}

/** Virtual time for a view of a scenario: a few timeouts, so that it is given up when it cannot decide. */
const VIEW_MS = 600;

/** The scenario as a plan of the simulation: nothing goes wrong but the splits, and they end. */
export function scenarioPlan(drawn: Plan, { members, twins, views }: TwinsScenario, table: VoteTable): Plan {
  return {
    ...planWithout(drawn, FAULTS),
    members,
    byzantine: Array.from({ length: twins }, (_, member) => ({ member: toMemberIndex(member), actor: TWIN })),
    gstMs: VIEW_MS * views.length,
    last: turnOf(table, views.length),
    leaders: views.map(({ leader }) => leader),
    splits: views.flatMap(({ groups, phases = {} }, at): Split[] => [
      { ...turnOf(table, at + 1), phase: undefined, groups },
      ...Object.entries(phases).map(([phase, own]) => ({ ...turnOf(table, at + 1), phase, groups: own })),
    ]),
  };
}

/**
 * All splits into at most two parts, one of each kind: the numbers of twins and of others in a part count, not their
 * identity. Four members with one pair of twins: six splits.
 */
export function splitsOf(members: number, twins: number): readonly (readonly number[])[] {
  const found = new Map<string, readonly number[]>();
  const instances = members + twins;
  for (let bits = 0; bits < 2 ** (instances - 1); bits++) {
    const groups = Array.from({ length: instances }, (_, at) => Math.floor(bits / 2 ** at) % 2);
    const kind = kindOf(groups, members, twins);
    if (!found.has(kind)) found.set(kind, groups);
  }
  return [...found.values()];
}

/** The kind of a split, without regard to the names of its members. */
function kindOf(groups: readonly number[], members: number, twins: number): string {
  const parts = [0, 1].map((part) => {
    const others = groups.slice(twins, members).filter((group) => group === part).length;
    const pairs = Array.from({ length: twins }, (_, at) => [groups[at], groups[members + at]]);
    const both = pairs.filter((pair) => pair.every((group) => group === part)).length;
    return `${both} ${others}`;
  });
  return parts.sort().join(' | ');
}
