import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openConformance } from '#libs/simulation/conformance/open-conformance.ts';
import { type ConformanceRow, nameOfRow } from '#libs/simulation/conformance/row.ts';
import type { Course } from '#libs/simulation/conformance/words/course.ts';
import { type Effort, QUICK, WHOLE } from '#libs/simulation/conformance/words/effort.ts';
import { ROWS } from './rows.ts';

const OF_ONE: readonly ConformanceRow[] = ROWS.filter(({ protocol }) => protocol === 'hotstuff');

/** The parts of a course that each row runs. */
function ranBy(
  parts: number,
  effort: Effort,
  sharing: Pick<Course, 'isShared' | 'looksAt'> = {},
  rows = OF_ONE,
): Readonly<Record<string, readonly string[]>> {
  const course: Course = {
    name: 'parts',
    judges: ['C1'],
    ...sharing,
    open: () => ({
      parts,
      run: (part) => ({ runs: 1, failures: [{ case: 'C1', kind: 'other', name: `${part}`, text: '' }] }),
    }),
  };
  const open = openConformance(rows, { effort }, [course]);
  const ran = [...open.parts.keys()].map((at) => open.run(at));
  return Object.fromEntries(
    rows.map((row) => [
      row.protocol === 'hotstuff' ? row.variant : nameOfRow(row),
      ran
        .filter(({ planned }) => planned.row === nameOfRow(row))
        .map(({ failures }) => failures[0]?.name ?? ''),
    ]),
  );
}

describe('parts that rows may share', () => {
  test('run in one of the rows each, when the kit is quick', () => {
    assert.deepEqual(ranBy(7, QUICK, { isShared: true }), {
      plain: ['0', '3', '6'],
      'lock-step': ['1', '4'],
      'votes-to-all': ['2', '5'],
    });
  });

  test('are fewer by as many protocols as there are, when the kit is quick', () => {
    assert.deepEqual(ranBy(8, QUICK, { isShared: true }, ROWS), {
      plain: ['0', '6'],
      'lock-step': ['1', '7'],
      'votes-to-all': ['2'],
      'pbft/plain': ['0', '2', '4', '6'],
    });
    const whole = ['0', '1', '2', '3', '4', '5', '6', '7'];
    assert.deepEqual(ranBy(8, WHOLE, { isShared: true }, ROWS)['pbft/plain'], whole);
  });

  test('are not so few that a row runs none', () => {
    assert.deepEqual(ranBy(2, QUICK, { isShared: true }), {
      plain: ['0'],
      'lock-step': ['1'],
      'votes-to-all': ['0'],
    });
  });

  test('run in every row of the whole kit, and so do those of other courses', () => {
    const all = { plain: ['0', '1'], 'lock-step': ['0', '1'], 'votes-to-all': ['0', '1'] };
    assert.deepEqual(ranBy(2, WHOLE, { isShared: true }), all);
    assert.deepEqual(ranBy(2, QUICK), all);
  });

  test('run in one of the rows each, however whole the kit, when they look at something that the rows have in common', () => {
    const parts = { plain: ['0', '3'], 'lock-step': ['1'], 'votes-to-all': ['2'] };
    for (const effort of [QUICK, WHOLE]) {
      assert.deepEqual(ranBy(4, effort, { looksAt: ({ table }) => table }), parts);
      const apart = ['0', '1'];
      const ran = ranBy(2, effort, { looksAt: (candidate) => candidate });
      assert.deepEqual(ran, { plain: apart, 'lock-step': apart, 'votes-to-all': apart });
    }
  });
});
