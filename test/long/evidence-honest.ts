// HS-57 (libs/simulation/README.md L7): in 600 runs with crashes, liars, and too many liars no honest member is accused.
import { test } from 'node:test';
import { assertHonestSpared, TEMPTATIONS } from '#test/support/hotstuff/accusations.ts';

const SEEDS = 200;

for (const temptation of Object.keys(TEMPTATIONS) as (keyof typeof TEMPTATIONS)[]) {
  test(`HS-57: the honest are never accused, ${temptation} (libs/simulation/README.md L7)`, () => {
    assertHonestSpared(temptation, SEEDS);
  });
}
