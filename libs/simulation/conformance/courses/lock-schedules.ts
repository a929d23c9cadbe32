import { AMNESIAC } from '../../plan/plan.ts';
import type { TwinsScenario, TwinsView } from '../../twins/scenario.ts';

/** Four members: one may lie, be left out, or lead after another. */
export const LOCK_MEMBERS = 4;

/** The liar of a schedule, and where it sits: among those who lead next, or among those who heard the last. */
const LIES = [undefined, AMNESIAC, 'stale-leader', 'replayer', 'selective'] as const;

export interface LockSchedule {
  readonly name: string;
  readonly scenario: TwinsScenario;
  readonly lie: { readonly member: number; readonly actor: string } | undefined;
}

const FIRST_LEADER = 0;
const OTHERS = [1, 2, 3] as const;

/**
 * Each step of the first view is heard by each set of members, and nothing of the view after it; then the view is given up, in the
 * absence of one member, who is away in the next view too. So a certificate is formed or decided on, and known to any
 * of them: to all that go on, to the one who is away, or to one who lies about it, forgets it or says it late.
 */
export function lockSchedules(steps: readonly string[]): readonly LockSchedule[] {
  const early = steps.slice(0, -1);
  const leaving = steps.at(-1) ?? '';
  const heard = early.flatMap((_, at) => subsets(OTHERS).map((hearers) => ({ at, hearers })));
  const gone = heard.flatMap((each) => [FIRST_LEADER, ...OTHERS].map((away) => ({ ...each, away })));
  const led = gone.flatMap((each) => OTHERS.map((next) => ({ ...each, next, steps: early, leaving })));
  return led.flatMap((hidden) => LIES.map((actor) => scheduleOf(hidden, actor)));
}

function scheduleOf(hidden: Hidden, actor: string | undefined): LockSchedule {
  const { steps, at, hearers, away, next } = hidden;
  const member = actor === 'stale-leader' ? next : (hearers[0] ?? next);
  const heard = hearers.length === 0 ? 'the leader alone' : `members ${hearers.join(' and ')}`;
  return {
    name: `${steps[at]} reaches ${heard}, ${away} is away, ${next} leads, ${actor ?? 'nobody'} lies`,
    scenario: scenarioOf(hidden),
    lie: actor === undefined ? undefined : { member, actor },
  };
}

interface Hidden {
  readonly steps: readonly string[];
  /** The last step of the first view of which anything is heard. */
  readonly at: number;
  /** Members in the group of the leader in that step; the others are alone. */
  readonly hearers: readonly number[];
  readonly away: number;
  readonly next: number;
  readonly leaving: string;
}

function scenarioOf({ steps, at, hearers, away, next, leaving }: Hidden): TwinsScenario {
  const groupsOf = (step: number) => {
    if (step < at) return together(everyone());
    return together(step === at ? [FIRST_LEADER, ...hearers] : []);
  };
  const phases = Object.fromEntries(steps.map((step, order) => [step, groupsOf(order)]));
  const present = together(everyone().filter((member) => member !== away));
  const first: TwinsView = {
    ...{ leader: FIRST_LEADER, groups: together(everyone()) },
    phases: { ...phases, [leaving]: present },
  };
  const second: TwinsView = { leader: next, groups: present };
  // The member that was away comes back and leads; another one is away.
  const rest = together(everyone().filter((member) => member !== (away + 1) % LOCK_MEMBERS));
  const third: TwinsView = { leader: away, groups: rest };
  return { members: LOCK_MEMBERS, twins: 0, views: [first, second, third] };
}

function everyone(): readonly number[] {
  return Array.from({ length: LOCK_MEMBERS }, (_, member) => member);
}

/** The groups of a split in which these members reach each other, and every other one nobody. */
function together(members: readonly number[]): readonly number[] {
  return everyone().map((member) => (members.includes(member) ? 0 : member + 1));
}

function subsets(of: readonly number[]): readonly (readonly number[])[] {
  return Array.from({ length: 2 ** of.length }, (_, bits) =>
    of.filter((_member, at) => Math.floor(bits / 2 ** at) % 2 === 1),
  );
}
