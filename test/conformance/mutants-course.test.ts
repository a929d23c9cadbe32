import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MUTANTS_NOTICED } from '#libs/simulation/conformance/courses/mutants-course.ts';
import { QUICK, WHOLE } from '#libs/simulation/conformance/words/effort.ts';
import { judgedProtocol } from '#libs/simulation/conformance/words/judged-protocol.ts';
import type { Mutant } from '#libs/simulation/conformance/words/mutant.ts';
import { hotStuffRow } from './hotstuff-row.ts';

const NOTICED: Mutant = { name: 'noticed', isQuick: true, caught: () => 'a fork' };

/** The verdict of C17 on a row with so many mutants that are noticed, and with these. */
function judge(noticed: number, others: readonly Mutant[] = [], effort = QUICK) {
  const mutants = [...Array.from({ length: noticed }, () => NOTICED), ...others];
  const open = MUTANTS_NOTICED.open(judgedProtocol({ ...hotStuffRow().candidate, mutants }), effort);
  const batches = Array.from({ length: open.parts }, (_, part) => open.run(part));
  const failures = batches.flatMap((batch) => batch.failures);
  assert.ok(failures.every((failure) => failure.case === 'C17'));
  const caught = batches.reduce((sum, batch) => sum + (batch.mutants?.caught ?? 0), 0);
  return { texts: failures.map(({ name, text }) => `${name}: ${text}`), caught };
}

describe('C17', () => {
  test('passes a row of 40 mutants that are noticed, and no row of fewer', () => {
    assert.deepEqual(judge(40), { texts: [], caught: 40 });
    assert.deepEqual(judge(39).texts, ['all: 39 mutants, and a protocol has at least 40']);
    assert.deepEqual(judge(0).texts, ['all: 0 mutants, and a protocol has at least 40']);
  });

  test('is red for a mutant that nobody notices', () => {
    const unnoticed: Mutant = { name: 'no lock', isQuick: true, caught: () => undefined };
    assert.deepEqual(judge(40, [unnoticed]), { texts: ['no lock: nothing noticed it'], caught: 40 });
  });

  test('tries a mutant that is not quick in the whole kit alone, and counts it all the same', () => {
    const slow: Mutant = { name: 'slow', isQuick: false, caught: () => undefined };
    assert.deepEqual(judge(39, [slow]), { texts: [], caught: 39 });
    assert.deepEqual(judge(39, [slow], WHOLE).texts, ['slow: nothing noticed it']);
  });

  test('is red for a mutant that a case notices which is not there for it', () => {
    const blunt: Mutant = { ...NOTICED, name: 'blunt', strays: () => ['C1 notices it too: a fault'] };
    assert.deepEqual(judge(40, [blunt]), { texts: ['blunt: C1 notices it too: a fault'], caught: 41 });
  });
});
