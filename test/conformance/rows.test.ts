import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FOUNDING_PROTOCOLS } from '#libs/protocols/protocols.ts';
import { nameOfRow, rowFaults } from '#libs/simulation/conformance/row.ts';
import { HOSTED_SUBJECTS } from '#libs/simulation/subjects/hosted-subjects.ts';
import { NULL_CONTENDER } from './null-contender.ts';
import { ROWS } from './rows.ts';

const [row] = ROWS;
assert.ok(row !== undefined);

describe('the rows of the conformance kit', () => {
  test('are of every protocol that a genesis may name and of every one that is simulated, and skip nothing without a reason', () => {
    assert.deepEqual(rowFaults([...FOUNDING_PROTOCOLS.keys(), ...HOSTED_SUBJECTS.keys()], ROWS), []);
  });

  test('may not leave a registered protocol out', () => {
    assert.equal(
      rowFaults(['hotstuff', 'swirl'], ROWS)[0],
      'swirl is registered, and has no row in the conformance kit',
    );
    assert.equal(rowFaults(['hotstuff'], []).length, 1);
  });

  test('may not leave a registered protocol out of those that a chain goes over to', () => {
    const third = { ...row, protocol: 'swirl', candidate: { ...row.candidate, others: [NULL_CONTENDER] } };
    assert.deepEqual(rowFaults(['swirl', 'hotstuff', 'pbft'], [...ROWS, third]), [
      ...ROWS.map((each) => `${nameOfRow(each)} does not go over to swirl, which is registered`),
      'swirl/plain does not go over to hotstuff, which is registered',
      'swirl/plain does not go over to pbft, which is registered',
    ]);
  });

  for (const reason of ['', ' ', 'n/a', 'does not apply']) {
    test(`may not skip a case for the reason "${reason}"`, () => {
      assert.deepEqual(rowFaults([], [{ ...row, skips: { C10: reason } }]), [
        'hotstuff/plain skips C10 without a reason',
      ]);
    });
  }

  test('may skip a case for a reason in words', () => {
    assert.deepEqual(
      rowFaults([], [{ ...row, skips: { C10: 'every member has weight one, for ever' } }]),
      [],
    );
  });

  test('are one for each variant of a protocol', () => {
    assert.deepEqual(rowFaults([], [row, { ...row, variant: 'lock-step' }]), []);
    assert.deepEqual(rowFaults([], [row, row]), ['hotstuff/plain has two rows']);
  });
});
