import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openConformance } from '#libs/simulation/conformance/open-conformance.ts';
import type { Course } from '#libs/simulation/conformance/words/course.ts';
import { type Effort, QUICK, WHOLE } from '#libs/simulation/conformance/words/effort.ts';
import { ROWS } from './rows.ts';

/** The parts of a course that each row runs. */
function ranBy(parts: number, effort: Effort, isShared?: true): Readonly<Record<string, readonly string[]>> {
  const course: Course = {
    name: 'parts',
    judges: ['C1'],
    ...(isShared && { isShared }),
    open: () => ({
      parts,
      run: (part) => ({ runs: 1, failures: [{ case: 'C1', kind: 'other', name: `${part}`, text: '' }] }),
    }),
  };
  const open = openConformance(ROWS, { effort }, [course]);
  const ran = [...open.parts.keys()].map((at) => open.run(at));
  return Object.fromEntries(
    ROWS.map(({ variant }) => [
      variant,
      ran
        .filter(({ planned }) => planned.row.endsWith(variant))
        .map(({ failures }) => failures[0]?.name ?? ''),
    ]),
  );
}

describe('parts that rows may share', () => {
  test('run in one of the rows each, when the kit is quick', () => {
    assert.deepEqual(ranBy(7, QUICK, true), {
      plain: ['0', '3', '6'],
      'lock-step': ['1', '4'],
      'votes-to-all': ['2', '5'],
    });
  });

  test('are not so few that a row runs none', () => {
    assert.deepEqual(ranBy(2, QUICK, true), { plain: ['0'], 'lock-step': ['1'], 'votes-to-all': ['0'] });
  });

  test('run in every row of the whole kit, and so do those of other courses', () => {
    const all = { plain: ['0', '1'], 'lock-step': ['0', '1'], 'votes-to-all': ['0', '1'] };
    assert.deepEqual(ranBy(2, WHOLE, true), all);
    assert.deepEqual(ranBy(2, QUICK), all);
  });
});
