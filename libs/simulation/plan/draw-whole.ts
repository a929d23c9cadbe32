import type { MembershipPolicy } from '#libs/membership/policy.ts';
import type { Prng } from '#libs/random/prng.ts';
import { drawChanges, sizesAround } from './draw-changes.ts';
import type { Broken, Byzantine } from './plan.ts';
import type { Absence, ClerkPlan, WholePlan } from './whole-plan.ts';

export interface WholeChoices {
  readonly random: Prng;
  readonly members: number;
  readonly gstMs: number;
  /** Lies that a newcomer may tell. */
  readonly actors: readonly string[];
  /** Lies beside the protocol. */
  readonly clerks: readonly string[];
  readonly byzantine: readonly Byzantine[];
  readonly broken: readonly Broken[];
}

/** The seed's choices for a run of whole nodes; `byzantine` includes the newcomers that lie. */
export interface DrawnWhole {
  readonly whole: WholePlan;
  readonly byzantine: readonly Byzantine[];
}

/** Each run allows something else, as each federation does. */
const POLICIES: readonly Pick<MembershipPolicy, 'growthMax' | 'epochBlocksMin'>[] = [
  { growthMax: 12, epochBlocksMin: 1 },
  { growthMax: 1, epochBlocksMin: 1 },
  { growthMax: 2, epochBlocksMin: 4 },
];

/** Draws changes of the members, absences, and the lies beside the protocol. */
export function drawWhole(choices: WholeChoices): DrawnWhole {
  const { random, clerks, members } = choices;
  const kind = random.pick(['changes', 'changes', 'absences', 'both'] as const);
  const policy = { ...sizesAround(members), step: 1, ...random.pick(POLICIES) };
  const count = kind === 'absences' ? 0 : random.pick([1, 1, 2, 3, 6]);
  const drawn = drawChanges({ ...choices, random: random.stream('changes'), policy }, count);
  const { newcomers, changes, byzantine } = drawn;
  const whole: WholePlan = {
    newcomers,
    policy,
    changes,
    absences: kind === 'changes' ? [] : drawAbsences({ ...choices, random: random.stream('absences') }),
    clerks: drawClerks(random.stream('clerks'), clerks, byzantine),
    snapshotBlocks: random.pick(kind === 'absences' ? [4, 12] : [0, 0, 0, 4]),
  };
  return { whole, byzantine };
}

/** Some founders are away for at least a quarter of the time, and come back while the faults still last. */
function drawAbsences({ random, members, gstMs }: WholeChoices): readonly Absence[] {
  const count = random.int(1, Math.max(1, Math.floor((members - 1) / 3)));
  return Array.from({ length: count }, () => ({
    instance: random.int(0, members - 1),
    atMs: random.int(0, Math.floor(gstMs / 4)),
    untilMs: random.int(Math.floor(gstMs / 2), gstMs),
  }));
}

function drawClerks(
  random: Prng,
  lies: readonly string[],
  byzantine: readonly Byzantine[],
): readonly ClerkPlan[] {
  if (lies.length === 0) return [];
  return byzantine.filter(() => random.chance(0.7)).map(({ member }) => ({ member, lie: random.pick(lies) }));
}
