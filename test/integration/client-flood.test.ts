import { describe, test } from 'node:test';
import {
  servedBesideIdleConnections,
  servedBesideWatches,
} from '#test/support/consensus/crowds-of-clients.ts';

describe('while one process takes all it can get of a member', () => {
  test('F-07: 1,400 idle connections at a limit of 1,000 descriptors lock nobody out', async (context) => {
    context.diagnostic(`served within ${Math.round(await servedBesideIdleConnections())} ms`);
  });

  for (const connections of [1, 100]) {
    test(`F-07: 2,000 watches over ${connections} connections leave one for a newcomer`, async (context) => {
      context.diagnostic(`served within ${Math.round(await servedBesideWatches(connections))} ms`);
    });
  }
});
