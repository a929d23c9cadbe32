import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ProtocolRegistry } from './protocol-registry.ts';

describe('protocol registry', () => {
  test('P2P-10 gives each protocol the handler that it was registered with, and none after', () => {
    const registry = new ProtocolRegistry<string>();
    registry.register('/a/1.0.0', 'first');
    assert.deepEqual([registry.handlerOf('/a/1.0.0'), registry.handlerOf('/b/1.0.0')], ['first', undefined]);
    registry.unregister('/a/1.0.0');
    assert.equal(registry.handlerOf('/a/1.0.0'), undefined);
  });

  test('P2P-10 refuses a second handler and the removal of an unknown protocol', () => {
    const registry = new ProtocolRegistry<string>();
    registry.register('/a/1.0.0', 'first');
    assert.throws(() => registry.register('/a/1.0.0', 'second'), {
      detail: { code: 'GATEWAY_PROTOCOL_TAKEN', protocol: '/a/1.0.0' },
    });
    assert.equal(registry.handlerOf('/a/1.0.0'), 'first');
    assert.throws(() => registry.unregister('/b/1.0.0'), {
      detail: { code: 'GATEWAY_PROTOCOL_UNKNOWN', protocol: '/b/1.0.0' },
    });
  });
});
