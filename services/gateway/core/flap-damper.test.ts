import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FLAP_BURST } from './connection-limits.ts';
import { FlapDamper } from './flap-damper.ts';

const admitted = (damper: FlapDamper, peer: string, count: number, nowMs: number): number =>
  Array.from({ length: count }, () => damper.admit(peer, nowMs)).filter(Boolean).length;

describe('flap damper', () => {
  test('P2P-22 admits a burst, then one connection a second, of each peer for itself', () => {
    const damper = new FlapDamper(10);
    assert.equal(admitted(damper, 'a', 100, 0), FLAP_BURST);
    assert.equal(admitted(damper, 'a', 100, 3_000), 3);
    assert.equal(admitted(damper, 'b', 1, 3_000), 1);
  });

  test('forgets the oldest peer beyond its bound', () => {
    const damper = new FlapDamper(2);
    admitted(damper, 'a', FLAP_BURST, 0);
    for (const peer of ['b', 'c']) damper.admit(peer, 0);
    assert.equal(damper.admit('a', 0), true);
  });
});
