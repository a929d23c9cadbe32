import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loadConfig } from '#libs/service/load-config.ts';
import { gatewayConfig } from './config.ts';

const MINIMAL = { GATEWAY_LISTEN: 'unix:/run/gateway.sock', GATEWAY_CONFIG_ADDRESS: 'unix:/run/config.sock' };

const load = (more: Readonly<Record<string, string>>) =>
  loadConfig('gateway', gatewayConfig, { ...MINIMAL, ...more });

describe('gateway settings', () => {
  test('need the two sockets and nothing else', () => {
    assert.equal(load({}).config.GATEWAY_NATS_URL, undefined);
    assert.throws(() => loadConfig('gateway', gatewayConfig, {}), /GATEWAY_LISTEN.*GATEWAY_CONFIG_ADDRESS/);
  });

  test('refuse a network address where only a socket of this host is safe', () => {
    assert.throws(() => load({ GATEWAY_LISTEN: '0.0.0.0:7000' }), /GATEWAY_LISTEN: expected unix:<path>/);
    assert.throws(() => load({ GATEWAY_CONFIG_ADDRESS: 'config:7000' }), /GATEWAY_CONFIG_ADDRESS/);
  });

  test('refuse unknown names and names that are no token of a subject', () => {
    assert.throws(() => load({ GATEWAY_LISTN: 'x' }), /GATEWAY_LISTN: unknown setting/);
    assert.throws(() => load({ GATEWAY_MEMBER: 'a.b' }), /GATEWAY_MEMBER/);
    assert.throws(() => load({ GATEWAY_NETWORK: '*' }), /GATEWAY_NETWORK/);
  });
});
