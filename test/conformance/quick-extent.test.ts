import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { SimulatedProtocol } from '#libs/simulation/campaign/simulated-protocol.ts';
import { CRASHES, TWINS } from '#libs/simulation/conformance/courses/campaign-courses.ts';
import { LIVENESS, SEEDS } from '#libs/simulation/conformance/courses/seeds-course.ts';
import { WEIGHTS_COUNT } from '#libs/simulation/conformance/courses/weights-course.ts';
import { COURSES } from '#libs/simulation/conformance/courses.ts';
import { openConformance } from '#libs/simulation/conformance/open-conformance.ts';
import { type ConformanceRow, nameOfRow } from '#libs/simulation/conformance/row.ts';
import type { Course, OpenCourse } from '#libs/simulation/conformance/words/course.ts';
import { type Effort, QUICK, WHOLE } from '#libs/simulation/conformance/words/effort.ts';
import type { CrashPoint, Plan } from '#libs/simulation/plan/plan.ts';
import type { RunResult } from '#libs/simulation/run/run-result.ts';
import { ROWS } from './rows.ts';

/** The part of a run that courses of these tests look at: nothing was broken. */
const NOTHING_BROKEN = { violations: [] } as unknown as RunResult;

/** The registered rows, and as many protocols beside them as make this number. */
function rowsOfMany(protocols: number): readonly ConformanceRow[] {
  const known = new Set(ROWS.map(({ protocol }) => protocol)).size;
  const [row = assert.fail()] = ROWS;
  const more = Array.from({ length: protocols - known }, (_, at) => ({ ...row, protocol: `other ${at}` }));
  return [...ROWS, ...more];
}

/** The trials of a course in each row, as the course names it to itself. */
function triedBy(course: Course, rows: readonly ConformanceRow[], effort: Effort) {
  const nameOf = (open: OpenCourse, part: number): string => open.triedBy?.(part) ?? `${part}`;
  const there = new Set<string>();
  const seen: Course = {
    ...course,
    open: (candidate, given) => {
      const open = course.open(candidate, given);
      for (let part = 0; part < open.parts; part++) there.add(nameOf(open, part));
      const failure = { case: course.judges[0] ?? 'C1', kind: 'other', text: '' } as const;
      return { ...open, run: (part) => ({ runs: 1, failures: [{ ...failure, name: nameOf(open, part) }] }) };
    },
  };
  const open = openConformance(rows, { effort }, [seen]);
  const ran = [...open.parts.keys()].flatMap((at) => open.run(at).failures.map(({ name }) => name));
  return { ran: new Set(ran), there };
}

/** Runs a course in rows whose simulator is another one, made for each from its own. */
function runWith(
  course: Course,
  { rows, effort }: { readonly rows: readonly ConformanceRow[]; readonly effort: Effort },
  instead: (row: ConformanceRow) => Partial<SimulatedProtocol>,
): void {
  const changed = rows.map((row) => {
    const simulated = { ...row.candidate.simulated, ...instead(row) };
    return { ...row, candidate: { ...row.candidate, simulated } };
  });
  const open = openConformance(changed, { effort }, [course]);
  for (const at of open.parts.keys()) assert.deepEqual(open.run(at).failures, []);
}

function listFor<T>(lists: Map<string, T[]>, name: string): T[] {
  const list = lists.get(name) ?? [];
  lists.set(name, list);
  return list;
}

/** Shares of one row among more protocols are too small for all choices: there the rows of a protocol have them together. */
const PROTOCOLS_MAX = 3;

function sharerOf(row: ConformanceRow, protocols: number): string {
  return protocols > PROTOCOLS_MAX ? row.protocol : nameOfRow(row);
}

describe('in a quick run of all protocols', () => {
  for (const course of COURSES.filter(({ isShared }) => isShared))
    test(`every part of the course ${course.name} runs in some row`, () => {
      const { ran, there } = triedBy(course, ROWS, QUICK);
      assert.deepEqual(
        [...there].filter((name) => !ran.has(name)),
        [],
      );
    });

  for (const protocols of [2, 3, 4, 5])
    test(`Twins have each leader and each split of the first view in every share, among ${protocols} protocols`, () => {
      const places = new Map<string, number[]>();
      runWith(TWINS, { rows: rowsOfMany(protocols), effort: QUICK }, (row) => ({
        twins: (task) => {
          const open = row.candidate.simulated.twins(task);
          const run = (at: number) => {
            listFor(places, sharerOf(row, protocols)).push(at);
            return { runs: 1, failures: [] };
          };
          return { ...open, run };
        },
      }));
      assert.equal(places.size, new Set(rowsOfMany(protocols).map((row) => sharerOf(row, protocols))).size);
      for (const [row, each] of places) {
        // As libs/simulation/campaign/open-twins.ts numbers them: four leaders times six splits.
        const first = each.map((at) => at % 24);
        assert.deepEqual(new Set(first.map((choice) => Math.floor(choice / 6))).size, 4, row);
        assert.deepEqual(new Set(first.map((choice) => choice % 6)).size, 6, row);
      }
      const all = new Set([...places.values()].flat().map((at) => at % 24));
      assert.equal(all.size, 24, 'all rows together have each leader with each split');
    });

  for (const protocols of [2, 3, 4, 5])
    test(`crashes are on both sides of an effect, of one and of all, in every share, among ${protocols} protocols`, () => {
      const points = new Map<string, CrashPoint[]>();
      runWith(CRASHES, { rows: rowsOfMany(protocols), effort: QUICK }, (row) => {
        let plan: Plan | undefined;
        return {
          run: (options) => {
            const adjust = options.adjust ?? assert.fail();
            if (plan !== undefined) {
              listFor(points, sharerOf(row, protocols)).push(...adjust(plan).crashPoints);
              return NOTHING_BROKEN;
            }
            const keep = (each: Plan): Plan => {
              plan = each;
              return adjust(each);
            };
            return row.candidate.simulated.run({ ...options, adjust: keep });
          },
        };
      });
      assert.equal(points.size, new Set(rowsOfMany(protocols).map((row) => sharerOf(row, protocols))).size);
      for (const [row, each] of points) {
        const kinds = new Set(each.map(({ isAfter, isPowerCut }) => `${isAfter} ${isPowerCut}`));
        assert.equal(kinds.size, 4, row);
        assert.equal(new Set(each.map(({ instance }) => instance)).size, 4, row);
      }
    });
});

describe('in the whole kit', () => {
  test('every row has the parts that a replay names', () => {
    const { parts } = openConformance(ROWS, { effort: WHOLE });
    for (const name of ['seeds.1272', 'locks.549', 'seeds.2'])
      assert.equal(parts.filter(({ course, part }) => `${course}.${part}` === name).length, ROWS.length);
  });

  for (const [course, seeds] of [
    [SEEDS, 10_000],
    [LIVENESS, 400],
    [WEIGHTS_COUNT, 400],
  ] as const)
    test(`the rows of each protocol have ${seeds} different seeds of the course ${course.name} together`, () => {
      const tried = new Map<string, (number | bigint | string)[]>();
      runWith(course, { rows: ROWS, effort: WHOLE }, (row) => ({
        run: ({ seed }) => {
          listFor(tried, row.protocol).push(seed);
          return NOTHING_BROKEN;
        },
      }));
      for (const [row, each] of tried)
        assert.deepEqual([each.length, new Set(each).size], [seeds, seeds], row);
      assert.equal(tried.size, new Set(ROWS.map(({ protocol }) => protocol)).size);
    });
});
