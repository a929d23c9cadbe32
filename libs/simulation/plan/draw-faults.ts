import type { Prng } from '#libs/random/prng.ts';
import type { ClockPlan, Crash, Plan, PowerCut, Spell, Split } from './plan.ts';
import type { PlannedPosition } from './turns.ts';

const EFFECTS_PER_CRASH_MAX = 24;
const HOUR_MS = 3_600_000;

/** The views that may be split, and the steps of each. */
export interface SplitChoices {
  readonly positions: readonly PlannedPosition[];
  readonly steps: readonly string[];
}

interface Draw {
  readonly random: Prng;
  readonly gstMs: number;
  readonly instances: number;
}

type InstanceFaults = Pick<
  Plan,
  'crashes' | 'powerCuts' | 'pauses' | 'fullDisks' | 'losesUnsynced' | 'clocks'
>;

/** Draws the faults of single instances. Each kind has a random stream of its own, so one does not disturb another. */
export function drawInstanceFaults(draw: Draw): InstanceFaults {
  const streamOf = (name: string): Draw => ({ ...draw, random: draw.random.stream(name) });
  return {
    crashes: drawCrashes(streamOf('crashes')),
    powerCuts: drawPowerCuts(streamOf('power')),
    pauses: drawSpells(streamOf('pauses'), [50, 400, 2_000]),
    fullDisks: drawSpells(streamOf('full disks'), [100, 800]),
    losesUnsynced: draw.random.stream('disk').chance(0.7),
    clocks: drawClocks(streamOf('clocks')),
  };
}

/**
 * Each step of the first views may have its own split (libs/simulation/README.md B.3): between two parts, or nearly
 * nobody cut off.
 */
export function drawSplits({ random, instances }: Draw, choices: SplitChoices | undefined): Split[] {
  if (choices === undefined || random.chance(0.6)) return [];
  return choices.positions.flatMap((position) =>
    choices.steps
      .filter(() => random.chance(0.4))
      .map((phase) => ({
        ...position,
        phase,
        groups: Array.from({ length: instances }, () => (random.chance(0.3) ? 1 : 0)),
      })),
  );
}

function drawCrashes({ random, gstMs, instances }: Draw): Crash[] {
  const count = random.pick([0, 0, 1, 3, 10]);
  return Array.from({ length: count }, () => ({
    instance: random.int(0, instances - 1),
    atMs: random.int(0, gstMs),
    effects: random.int(1, EFFECTS_PER_CRASH_MAX),
    isAfter: random.chance(0.5),
    downMs: random.pick([0, 20, 300, 2_000]),
  }));
}

function drawPowerCuts({ random, gstMs }: Draw): PowerCut[] {
  const count = random.pick([0, 0, 0, 1, 3]);
  return Array.from({ length: count }, () => ({
    atMs: random.int(0, gstMs),
    downMsMax: random.pick([0, 50, 500]),
  }));
}

function drawSpells({ random, gstMs, instances }: Draw, lengths: readonly number[]): Spell[] {
  const count = random.pick([0, 0, 0, 1, 3]);
  return Array.from({ length: count }, () => ({
    instance: random.int(0, instances - 1),
    atMs: random.int(0, gstMs),
    forMs: random.pick(lengths),
  }));
}

function drawClocks({ random, instances }: Draw): ClockPlan[] {
  if (random.chance(0.5)) return [];
  return Array.from({ length: instances }, () => ({
    rate: random.pick([0.7, 0.9, 1, 1, 1.1, 1.5]),
    offsetMs: random.int(-HOUR_MS, HOUR_MS),
  }));
}
