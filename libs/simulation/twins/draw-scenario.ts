import type { Prng } from '#libs/random/prng.ts';
import type { TwinsScenario, TwinsView } from './scenario.ts';

export interface ScenarioChoices {
  readonly members: number;
  readonly views: number;
  /** The steps of a view, which may be split in another way than it. */
  readonly steps: readonly string[];
}

/** A scenario by chance, with f pairs of twins: splits into two or three parts, now and then another for a step. */
export function drawScenario(random: Prng, { members, views, steps }: ScenarioChoices): TwinsScenario {
  const twins = Math.floor((members - 1) / 3);
  const groups = () => {
    const parts = random.pick([1, 2, 2, 2, 3]);
    return Array.from({ length: members + twins }, () => random.int(0, parts - 1));
  };
  const view = (): TwinsView => {
    const phases = steps.filter(() => random.chance(0.15)).map((phase) => [phase, groups()] as const);
    return { leader: random.int(0, members - 1), groups: groups(), phases: Object.fromEntries(phases) };
  };
  return { members, twins, views: Array.from({ length: views }, view) };
}
