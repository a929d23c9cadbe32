// P2P-20 and P2P-05 with their own numbers: ten minutes of 50 peers that come and go, peer exchange and reloads at once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stress } from '#test/e2e/stress/stress.ts';

const MINUTES = 10;
const PEERS = 50;

test(`P2P-20 P2P-05 ${PEERS} peers for ${MINUTES} minutes: every connection within 3 s, every reload within 2 s, flat memory, no handle left`, async () => {
  const { faults, connections, reloads } = await stress({ peers: PEERS, forMs: MINUTES * 60_000 });
  assert.deepEqual(faults, []);
  assert.ok(connections > PEERS && reloads > MINUTES, `${connections} connections, ${reloads} reloads`);
});
