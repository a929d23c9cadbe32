import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CONF_DEFAULTS } from '#libs/settings/node-configuration.ts';
import { planMembers, portsFromBase } from './member-plan.ts';

test('F-44: ports count up by ten for each member: gateway, client, signer, and behind them the metrics', () => {
  const first = [7_100, 7_101, 7_102, 7_106];
  assert.deepEqual(portsFromBase(7_100, 2), [...first, ...first.map((port) => port + 10)]);
  const [member] = planMembers('/fed', first);
  assert.equal(`127.0.0.1:${member?.ports.metrics}`, CONF_DEFAULTS.metricsAddress);
});

test('each member has a home of its own and four ports', () => {
  const ports = Array.from({ length: 8 }, (_, at) => at + 1);
  assert.deepEqual(planMembers('/fed', ports), [
    { name: 'm0', home: '/fed/m0', ports: { gateway: 1, client: 2, signer: 3, metrics: 4 } },
    { name: 'm1', home: '/fed/m1', ports: { gateway: 5, client: 6, signer: 7, metrics: 8 } },
  ]);
});
