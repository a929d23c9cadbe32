import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planMembers, portsFromBase } from './member-plan.ts';

test('ports count up by ten for each member: gateway, client, signer', () => {
  assert.deepEqual(portsFromBase(7_100, 2), [7_100, 7_101, 7_102, 7_110, 7_111, 7_112]);
});

test('each member has a home of its own and three ports', () => {
  assert.deepEqual(planMembers('/fed', [1, 2, 3, 4, 5, 6]), [
    { name: 'm0', home: '/fed/m0', ports: { gateway: 1, client: 2, signer: 3 } },
    { name: 'm1', home: '/fed/m1', ports: { gateway: 4, client: 5, signer: 6 } },
  ]);
});
