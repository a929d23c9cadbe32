import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { BACKOFF_CAP_MS, CIRCUIT_FAILURES_MAX, CIRCUIT_TRIAL_MS } from '../../core/connection-limits.ts';
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
