import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  BACKOFF_CAP_MS,
  CIRCUIT_FAILURES_MAX,
  CIRCUIT_TRIAL_MS,
  REFUSED_RETRY_MS,
  STABLE_SESSION_MS,
} from '../../core/connection-limits.ts';
import { Circuit } from './circuit.ts';

describe('circuit', () => {
  test('P2P-14 opens at the threshold and closes with a success', () => {
    const circuit = new Circuit();
    for (let count = 1; count < CIRCUIT_FAILURES_MAX; count++) circuit.failed();
    assert.equal(circuit.isOpen, false);
    circuit.failed();
    assert.equal(circuit.isOpen, true);
    circuit.reset();
    assert.deepEqual([circuit.isOpen, circuit.failures], [false, 0]);
  });

  test('P2P-14 says once that it opened, and counts a connection that stood as one failure of a new row', () => {
    const circuit = new Circuit();
    const opened = Array.from({ length: CIRCUIT_FAILURES_MAX + 1 }, () => circuit.failed());
    assert.deepEqual(opened.indexOf(true), CIRCUIT_FAILURES_MAX - 1);
    assert.equal(opened.filter(Boolean).length, 1);
    circuit.lost(STABLE_SESSION_MS - 1);
    assert.equal(circuit.failures, CIRCUIT_FAILURES_MAX + 2);
    circuit.lost(STABLE_SESSION_MS);
    assert.equal(circuit.failures, 1);
  });

  test('P2P-14 holds a refused peer off, until frames of it flow', () => {
    const circuit = new Circuit();
    assert.equal(circuit.heldMs(100, 5_000), 100);
    circuit.holdOff(5_000);
    assert.equal(circuit.heldMs(100, 6_000), REFUSED_RETRY_MS - 1_000);
    circuit.succeeded();
    assert.equal(circuit.heldMs(100, 6_000), 100);
  });

  test('waits at most the cap while closed and about the trial interval while open', () => {
    fc.assert(
      fc.property(
        fc.nat(2 * CIRCUIT_FAILURES_MAX),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (failures, chance) => {
          const circuit = new Circuit();
          circuit.reset(failures);
          const waitMs = circuit.waitMs(() => chance);
          const cap = circuit.isOpen ? CIRCUIT_TRIAL_MS : BACKOFF_CAP_MS;
          assert.ok(waitMs > 0 && waitMs <= cap && (!circuit.isOpen || waitMs >= cap / 2));
        },
      ),
    );
  });
});
