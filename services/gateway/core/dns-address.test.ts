import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { namedAddress, withAnswer } from './dns-address.ts';

describe('address with a name', () => {
  test('P2P-04 is told from one without', () => {
    assert.deepEqual(namedAddress('/dns4/node.example/tcp/9000'), {
      name: 'node.example',
      family: 4,
      rest: '/tcp/9000',
    });
    assert.equal(namedAddress('/dns6/a/tcp/1')?.family, 6);
    assert.equal(namedAddress('/dns/a/tcp/1')?.family, 'any');
    for (const address of [
      '/ip4/1.2.3.4/tcp/1',
      '/ip6/::1/tcp/1',
      '/dnsaddr/a',
      '/dns4',
      '',
      '/dns4//tcp/1',
    ]) {
      assert.equal(namedAddress(address), undefined, address);
    }
  });

  test('P2P-03 P2P-04 takes answers of both families and keeps what follows the name', () => {
    const named = namedAddress('/dns/node.example/tcp/9000/p2p/12D3KooW');
    assert.ok(named);
    assert.equal(withAnswer(named, '10.0.0.1'), '/ip4/10.0.0.1/tcp/9000/p2p/12D3KooW');
    assert.equal(withAnswer(named, 'fd00::1'), '/ip6/fd00::1/tcp/9000/p2p/12D3KooW');
  });
});
