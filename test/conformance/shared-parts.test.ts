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
  sharing: Pick<Course, 'isShared' | 'isDrawn' | 'looksAt'> = {},
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

/** Rows of so many protocols, with three, one, two, one and one variant. */
function manyRows(protocols: number): readonly ConformanceRow[] {
  const [row = assert.fail()] = ROWS;
  return [3, 1, 2, 1, 1].slice(0, protocols).flatMap((variants, at) =>
    Array.from({ length: variants }, (_, variant) => ({
      ...row,
      protocol: `protocol ${at}`,
      variant: `${variant}`,
    })),
  );
}

function numbers(parts: number): readonly string[] {
  return Array.from({ length: parts }, (_, part) => `${part}`);
}

describe('parts that rows may share', () => {
  test('run in one of the rows each, when the kit is quick', () => {
    assert.deepEqual(ranBy(7, QUICK, { isShared: true }), {
      plain: ['0', '3', '6'],
      'lock-step': ['1', '4'],
      'votes-to-all': ['2', '5'],
    });
  });

  test('run in one of the rows of one of the protocols each, when the kit is quick', () => {
    assert.deepEqual(ranBy(8, QUICK, { isShared: true }, ROWS), {
      plain: ['0'],
      'lock-step': ['3'],
      'votes-to-all': ['6'],
      'pbft/plain': ['1', '4', '7'],
      'dbft/plain': ['2', '5'],
    });
    assert.deepEqual(ranBy(8, WHOLE, { isShared: true }, ROWS)['pbft/plain'], numbers(8));
  });

  for (const protocols of [1, 2, 3, 4, 5])
    test(`all run somewhere among ${protocols} protocols, and none twice where there is one for each row`, () => {
      const rows = manyRows(protocols);
      for (let parts = 1; parts <= 40; parts++) {
        for (const sharing of [{ isShared: true }, { isDrawn: true }] as const) {
          const ran = Object.values(ranBy(parts, QUICK, sharing, rows));
          const all = ran.flat();
          assert.deepEqual(
            [...new Set(all)].sort((one, other) => Number(one) - Number(other)),
            numbers(parts),
          );
          assert.ok(ran.every((each) => each.length > 0));
          if (parts >= 6 * protocols) assert.equal(all.length, parts);
        }
      }
    });

  test('are not so few that a row runs none', () => {
    assert.deepEqual(ranBy(2, QUICK, { isShared: true }), {
      plain: ['0'],
      'lock-step': ['1'],
      'votes-to-all': ['1'],
    });
  });

  test('run where they can, when some rows have other ones', () => {
    const [one = assert.fail(), other = assert.fail()] = OF_ONE;
    const course: Course = {
      ...{ name: 'parts', judges: ['C1'], isShared: true },
      open: (candidate) => {
        const names = candidate === one.candidate ? ['a', 'b', 'c', 'd'] : ['b', 'd'];
        const triedBy = (part: number): string => names[part] ?? '';
        const failure = { case: 'C1', kind: 'other', text: '' } as const;
        return {
          ...{ parts: names.length, triedBy },
          run: (part) => ({ runs: 1, failures: [{ ...failure, name: triedBy(part) }] }),
        };
      },
    };
    const open = openConformance([one, other], { effort: QUICK }, [course]);
    const ran = [...open.parts.keys()].map((at) => {
      const { planned, failures } = open.run(at);
      return `${failures[0]?.name} in ${planned.row}`;
    });
    assert.deepEqual(ran, [
      ...['a in hotstuff/plain', 'c in hotstuff/plain'],
      ...['b in hotstuff/lock-step', 'd in hotstuff/lock-step'],
    ]);
  });

  test('run in every row of the whole kit, and so do those of other courses', () => {
    const all = { plain: ['0', '1'], 'lock-step': ['0', '1'], 'votes-to-all': ['0', '1'] };
    assert.deepEqual(ranBy(2, WHOLE, { isShared: true }), all);
    assert.deepEqual(ranBy(2, QUICK), all);
  });

  test('run in one of the rows each, however whole the kit, when they are drawn; in the quick one also in one protocol each', () => {
    const whole = ranBy(10, WHOLE, { isDrawn: true }, ROWS);
    assert.deepEqual(whole, {
      plain: ['0', '1', '2'],
      'lock-step': ['3', '4', '5'],
      'votes-to-all': ['6', '7', '8', '9'],
      'pbft/plain': numbers(10),
      'dbft/plain': numbers(10),
    });
    assert.deepEqual(ranBy(10, QUICK, { isDrawn: true }, ROWS), {
      plain: ['0'],
      'lock-step': ['1'],
      'votes-to-all': ['2'],
      'pbft/plain': ['3', '4', '5'],
      'dbft/plain': ['6', '7', '8', '9'],
    });
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
