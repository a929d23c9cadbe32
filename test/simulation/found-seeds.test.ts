import { describe, test } from 'node:test';
import { assertFindsNothing, FOUND, nameOf } from '#test/support/simulation/found-seeds.ts';

// The others: test/long/simulation.ts.
describe('E2E-05 seeds that found a fault find none any more', () => {
  for (const found of FOUND) test(nameOf(found), () => assertFindsNothing(found));
});
