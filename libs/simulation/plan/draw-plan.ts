import { toMemberIndex } from '#libs/chain/ids.ts';
import type { Prng } from '#libs/random/prng.ts';
import { drawInstanceFaults, drawSplits, type SplitChoices } from './draw-faults.ts';
import { drawWhole } from './draw-whole.ts';
import {
  BREAKDOWNS,
  type Broken,
  type Byzantine,
  instancesOf,
  isTwin,
  type Partition,
  type Plan,
} from './plan.ts';
import { FAULTS, GOOD_DELAY, planWithout } from './plan-without.ts';

/**
 * `safety`: faults of all kinds all the time, and nothing else. `liveness`: n - f honest members are well once the
 * faults end, and all others lie or are broken for good (libs/simulation/README.md B.2).
 */
export const RUN_MODES = ['safety', 'liveness'] as const;
export type RunMode = (typeof RUN_MODES)[number];

/** The choices that a seed has. */
export interface PlanChoices {
  readonly members: number;
  /** Undefined: the seed decides which members are broken for good, and the run goes on after the faults. */
  readonly mode?: RunMode;
  /** Names of the actors that may take part; twins are one of them. */
  readonly actors: readonly string[];
  /** Kinds of faults that may happen; all when not given. */
  readonly faults?: readonly string[];
  /** Lies of whole nodes beside the protocol; undefined: there are no whole nodes. */
  readonly clerks?: readonly string[] | undefined;
  /** Whether nodes are whole; the seed decides when not given. */
  readonly isWhole?: boolean;
  /** The splits that a seed may draw by itself; nothing when not given. */
  readonly splits?: SplitChoices;
  /** The liars, instead of up to f members of the seed's choice. */
  readonly byzantine?: readonly Byzantine[];
}

/** Duration of the faults in virtual time; longer in runs that end with them. */
const FAULTS_MS = [500, 2_000, 4_000];
const SAFETY_MS = [4_000, 8_000];

/** Share of the runs with whole nodes, where there are any; changes and absences take their time. */
const WHOLE_RATE = 0.3;
const WHOLE_MS = [2_000, 4_000, 8_000];

/** Draws a whole run from the seed: each kind of fault is off in some runs, mild in most and harsh in a few. */
export function drawPlan(random: Prng, choices: PlanChoices): Plan {
  const { members, mode, faults = FAULTS } = choices;
  const liars = choices.byzantine ?? drawByzantine(random.stream('byzantine'), choices);
  const mayBeWhole = choices.isWhole ?? random.stream('whole').chance(WHOLE_RATE);
  const isWhole = choices.clerks !== undefined && mayBeWhole;
  const lengths = isWhole ? WHOLE_MS : FAULTS_MS;
  const gstMs = random.pick(mode === 'safety' ? SAFETY_MS : lengths);
  const broken = drawBroken({ random: random.stream('broken'), gstMs }, choices, liars);
  const drawn = { ...choices, clerks: choices.clerks ?? [], random: random.stream('whole plan') };
  const { whole, byzantine } = isWhole
    ? drawWhole({ ...drawn, gstMs, byzantine: liars, broken })
    : { whole: undefined, byzantine: liars };
  const instances = instancesOf({ members, byzantine, whole }).length;
  const draw = { random, gstMs, instances };
  const plan: Plan = {
    members,
    byzantine,
    broken,
    whole,
    gstMs,
    endsWithFaults: mode === 'safety',
    leaders: [],
    last: undefined,
    lossRate: random.pick([0, 0, 0.01, 0.05, 0.2]),
    duplicateRate: random.pick([0, 0.02, 0.2]),
    delay: random.pick([
      GOOD_DELAY,
      { minMs: 1, maxMs: 40, tailRate: 0.02, tailMs: 400 },
      { minMs: 5, maxMs: 150, tailRate: 0.05, tailMs: 2_000 },
    ]),
    delayAfterGst: GOOD_DELAY,
    bandwidth: random.stream('bandwidth').pick([0, 0, 12_500, 1_250]),
    partitions: drawPartitions({ ...draw, random: random.stream('partitions') }, byzantine),
    splits: drawSplits({ ...draw, random: random.stream('splits') }, choices.splits),
    ...drawInstanceFaults(draw),
    crashPoints: [],
    signMsMax: random.pick([0, 2, 20]),
    unprovedRate: 1 / 8,
    verifyMsMax: random.pick([0, 1, 5]),
    transactionMs: random.pick([10, 40, 150]),
  };
  return planWithout(
    plan,
    FAULTS.filter((name) => !faults.includes(name)),
  );
}

export interface Draw {
  readonly random: Prng;
  readonly gstMs: number;
  readonly instances: number;
}

function faultyMax(members: number): number {
  return Math.floor((members - 1) / 3);
}

function drawByzantine(random: Prng, { members, actors }: PlanChoices): readonly Byzantine[] {
  if (actors.length === 0) return [];
  const count = random.int(0, faultyMax(members));
  const liars = random.shuffle(Array.from({ length: members }, (_, member) => member)).slice(0, count);
  return liars.map((member) => ({ member: toMemberIndex(member), actor: random.pick(actors) }));
}

/** Liveness mode: some of those who do not lie are broken for good, and the others must do without them. */
function drawBroken(
  { random, gstMs }: Pick<Draw, 'random' | 'gstMs'>,
  { members, mode }: PlanChoices,
  byzantine: readonly Byzantine[],
): Broken[] {
  const free = faultyMax(members) - byzantine.length;
  const isSpared = mode === 'safety' || (mode === undefined && random.chance(0.6));
  if (free <= 0 || isSpared) return [];
  const honest = Array.from({ length: members }, (_, member) => toMemberIndex(member)).filter(
    (member) => !byzantine.some((each) => each.member === member),
  );
  return random
    .shuffle(honest)
    .slice(0, mode === 'liveness' ? free : random.int(1, free))
    .map((member) => ({ member, how: random.pick(BREAKDOWNS), fromMs: random.int(0, gstMs) }));
}

/** Splits that follow each other; with twins the two halves of a twin often stand on different sides. */
function drawPartitions({ random, gstMs, instances }: Draw, byzantine: readonly Byzantine[]): Partition[] {
  const hasTwins = byzantine.some(({ actor }) => isTwin(actor));
  if (!hasTwins && random.chance(0.4)) return [];
  const partitions: Partition[] = [];
  let fromMs = random.int(0, Math.floor(gstMs / 4));
  while (fromMs < gstMs) {
    const untilMs = Math.min(fromMs + random.int(20, 1_500), gstMs);
    const parts = random.pick([2, 2, 2, 3]);
    const groups = Array.from({ length: instances }, () => random.int(0, parts - 1));
    partitions.push({ fromMs, untilMs, groups, isOneWay: random.chance(0.3) });
    fromMs = untilMs + random.int(0, 600);
  }
  return partitions;
}
