import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openConformance } from '#libs/simulation/conformance/open-conformance.ts';
import type { ConformanceRow } from '#libs/simulation/conformance/row.ts';
import { ConformanceTally } from '#libs/simulation/conformance/tally.ts';
import type { CaseId } from '#libs/simulation/conformance/words/case-id.ts';
import { type CaseFailure, type Course, staticCourse } from '#libs/simulation/conformance/words/course.ts';
import { QUICK } from '#libs/simulation/conformance/words/effort.ts';
import { linesOf, reportOf } from './report.ts';
import { ROWS } from './rows.ts';

const [plain] = ROWS;
assert.ok(plain !== undefined);

/** The states of some cases after these courses on a row. */
function statesOf(
  courses: readonly Course[],
  { row = plain, cases, keeps = () => true }: Choices = {},
): { readonly states: Record<string, string | undefined>; readonly tally: ConformanceTally } {
  const used = row ?? assert.fail();
  const open = openConformance([used], { effort: QUICK, cases }, courses);
  const tally = new ConformanceTally([used], courses);
  for (const at of open.parts.keys()) if (keeps(at)) tally.add(open.run(at));
  const [verdict] = tally.verdicts();
  const states = Object.fromEntries(verdict?.cases.map((each) => [each.case, each.state]) ?? []);
  return { states, tally };
}

interface Choices {
  readonly row?: ConformanceRow;
  readonly cases?: readonly CaseId[];
  readonly keeps?: (at: number) => boolean;
}

const good = staticCourse('good', 'C1', () => []);
const bad = staticCourse('bad', 'C2', () => ['a fault']);

function shared(failures: readonly CaseFailure[]): Course {
  return {
    name: 'shared',
    judges: ['C4', 'C5'],
    open: () => ({ parts: 1, run: () => ({ runs: 3, failures }) }),
  };
}

describe('a case of the kit', () => {
  test('passed or failed, each by its own courses', () => {
    const { states, tally } = statesOf([good, bad]);
    assert.deepEqual([states['C1'], states['C2'], states['C4']], ['passed', 'failed', 'unrun']);
    assert.deepEqual(tally.failures, [
      { case: 'C2', kind: 'other', name: 'bad', text: 'a fault', row: 'hotstuff/plain', part: 'bad.0' },
    ]);
  });

  test('is failed by a course that judges others too, and these are not', () => {
    const { states, tally } = statesOf([
      shared([{ case: 'C5', kind: 'fork', name: 'seed 1', text: 'two chains' }]),
    ]);
    assert.deepEqual([states['C4'], states['C5']], ['passed', 'failed']);
    assert.deepEqual([tally.runs, tally.count('fork'), tally.count('stall')], [3, 1, 0]);
  });

  test('is not passed when its course ends in an error', () => {
    const throwing = staticCourse('throwing', 'C1', () => {
      throw new Error('out of its mind');
    });
    const { states, tally } = statesOf([throwing]);
    assert.equal(states['C1'], 'failed');
    assert.match(tally.failures[0]?.text ?? '', /out of its mind/);
  });

  test('is skipped for the reason of the row, and fails all the same when it is seen to', () => {
    const row = { ...plain, skips: { C2: 'this row has no bytes', C5: 'this row has no liars' } };
    const fork: CaseFailure = { case: 'C5', kind: 'fork', name: 'seed 1', text: 'two chains' };
    const { states, tally } = statesOf([good, bad, shared([fork])], { row });
    assert.deepEqual([states['C2'], states['C4'], states['C5']], ['skipped', 'passed', 'failed']);
    assert.equal(statesOf([shared([])], { row }).states['C5'], 'skipped');
    const line = [...linesOf(tally.verdicts(), tally)].find((each) => each.startsWith('  C2 '));
    assert.match(line ?? '', /^ {2}C2 +skipped +signed bytes are .*: this row has no bytes$/);
  });

  test('is unrun when nobody asked for it, or when its parts are in another shard', () => {
    assert.deepEqual(statesOf([good, bad], { cases: ['C1'] }).states['C2'], 'unrun');
    assert.deepEqual(statesOf([good, bad], { keeps: (at) => at === 0 }).states['C2'], 'unrun');
  });

  test('is passed only when all parts of all courses that judge it were run', () => {
    const long: Course = {
      name: 'long',
      judges: ['C1', 'C4'],
      open: () => ({ parts: 3, run: () => ({ runs: 1, failures: [] }) }),
    };
    const some = statesOf([good, long], { keeps: (at) => at < 3 });
    assert.deepEqual([some.states['C1'], some.states['C4']], ['partly run', 'partly run']);
    assert.equal(reportOf('hotstuff', some.tally, 0).partly, 2);
    // The other case is seen to by a course that nobody asked for.
    const beside = statesOf([good, long, shared([])], { cases: ['C1'] }).states;
    assert.deepEqual([beside['C1'], beside['C4'], beside['C5']], ['passed', 'partly run', 'unrun']);
    const again = statesOf([long], { keeps: () => true }).states;
    assert.deepEqual([again['C1'], again['C4']], ['passed', 'passed']);
  });

  test('that could not show all of it on this machine says so in its verdict, and in the JSON', () => {
    const torn: Course = {
      name: 'torn',
      judges: ['C18'],
      open: () => ({
        parts: 1,
        run: () => ({
          ...{ runs: 1, failures: [] },
          gaps: [{ case: 'C18', name: 'halves', text: 'no network can be torn here' }],
        }),
      }),
    };
    const { states, tally } = statesOf([good, torn]);
    assert.deepEqual([states['C1'], states['C18']], ['passed', 'passed']);
    const { rows, notShown } = reportOf('hotstuff', tally, 0);
    const told = 'passed, but not shown here: halves: no network can be torn here';
    assert.deepEqual([rows[0]?.cases['C1'], rows[0]?.cases['C18']], ['passed', told]);
    assert.deepEqual(
      notShown.map(({ row, case: id, text }) => [row, id, text]),
      [['hotstuff/plain', 'C18', 'no network can be torn here']],
    );
    const lines = [...linesOf(tally.verdicts(), tally)];
    assert.ok(lines.some((line) => line.includes('C18') && line.includes('no network can be torn here')));
  });

  test('of which other rows ran a part says how much it ran itself, in its verdict and in the JSON', () => {
    const dealt: Course = {
      ...{ name: 'dealt', judges: ['C6'], isShared: true },
      open: () => ({ parts: 5, run: () => ({ runs: 1, failures: [] }) }),
    };
    const rows = [plain, { ...plain, variant: 'other' }];
    const open = openConformance(rows, { effort: QUICK }, [good, dealt]);
    const tally = new ConformanceTally(rows, [good, dealt]);
    for (const at of open.parts.keys()) tally.add(open.run(at));
    const told = reportOf('hotstuff', tally, 0).rows.map(({ cases }) => [cases['C1'], cases['C6']]);
    assert.deepEqual(told, [
      ['passed', 'passed, a share: dealt 3 of 5'],
      ['passed', 'passed, a share: dealt 2 of 5'],
    ]);
    const lines = [...linesOf(tally.verdicts(), tally)].filter((line) => line.includes('  C6 '));
    assert.ok(lines[1]?.endsWith('twins fork nothing, a share: dealt 2 of 5'));
  });

  test('tells its figures in the order of rows and names, whichever part came first', () => {
    const measured: Course = {
      name: 'measured',
      judges: ['C20'],
      open: () => ({
        parts: 2,
        run: (part) => ({
          ...{ runs: 1, failures: [] },
          figures: [{ case: 'C20', name: `${part === 0 ? 10 : 4} members`, figures: { path: 3.96 } }],
        }),
      }),
    };
    const { tally } = statesOf([measured]);
    assert.deepEqual(
      reportOf('hotstuff', tally, 0).figures.map(({ name, figures }) => [name, figures['path']]),
      [
        ['4 members', 3.96],
        ['10 members', 3.96],
      ],
    );
    assert.ok([...linesOf(tally.verdicts(), tally)].includes('hotstuff/plain C20 4 members: path 4'));
  });

  test('that no course judges is not built yet: neither passed nor skipped, and said by its name', () => {
    const { states, tally } = statesOf([good]);
    const report = reportOf('hotstuff', tally, 0);
    assert.equal(report.missing, report.notBuiltYet.length);
    for (const id of report.notBuiltYet) assert.equal(states[id], 'not built yet');
    const { cases, passed, skipped, missing, failed, partly, unrun } = report;
    assert.deepEqual([cases, passed, skipped, failed, partly], [21, 1, 0, 0, 0]);
    assert.equal(passed + skipped + missing + failed + partly + unrun, cases);
  });
});
