import type {
  CaseState,
  CaseVerdict,
  ConformanceTally,
  RowVerdict,
  ToldFailure,
} from '#libs/simulation/conformance/tally.ts';
import { CASE_IDS } from '#libs/simulation/conformance/words/case-id.ts';

/** The one line of JSON. `cases` counts every case of every row: those that nothing judges yet are `missing`. */
export function reportOf(protocol: string, tally: ConformanceTally, seconds: number) {
  const rows = tally.verdicts();
  const all = rows.flatMap(({ cases }) => cases);
  return {
    protocol,
    cases: all.length,
    passed: counted(all, 'passed'),
    skipped: counted(all, 'skipped'),
    missing: counted(all, 'not built yet'),
    failed: counted(all, 'failed'),
    partly: counted(all, 'partly run'),
    unrun: counted(all, 'unrun'),
    runs: tally.runs,
    forks: tally.count('fork'),
    stalls: tally.count('stall'),
    doubleSigns: tally.count('double-sign'),
    otherViolations: tally.count('other'),
    mutants: tally.mutants,
    caught: tally.caught,
    seconds,
    courseSeconds: Object.fromEntries(
      [...tally.coursesMs].map(([name, ms]) => [name, Math.round(ms / 100) / 10]),
    ),
    notBuiltYet: CASE_IDS.filter((id) =>
      all.some((each) => each.case === id && each.state === 'not built yet'),
    ),
    rows: rows.map(({ row, cases }) => ({
      row,
      cases: Object.fromEntries(cases.map((each) => [each.case, wordOf(each)])),
    })),
    failures: tally.failures,
    figures: figuresOf(tally),
    notShown: tally.gaps,
  };
}

function counted(all: readonly CaseVerdict[], state: CaseState): number {
  return all.filter((each) => each.state === state).length;
}

function wordOf(verdict: CaseVerdict): string {
  return `${verdict.state}${remarkOf(verdict)}`;
}

/** Why a case is skipped, what of it other rows ran, and what it could not show. */
function remarkOf({ reason, shares, gaps }: CaseVerdict): string {
  const share = shares.length === 0 ? '' : `, a share: ${shares.join(', ')}`;
  const why = reason === undefined ? share : `: ${reason}`;
  return gaps.length === 0 ? why : `${why}, but not shown here: ${gaps.join('; ')}`;
}

/** In the order of rows and names, whichever thread was first. */
function figuresOf({ figures }: ConformanceTally) {
  const key = ({ row, case: id, name }: (typeof figures)[number]) => `${row} ${id} ${name}`;
  return figures.toSorted((one, other) => key(one).localeCompare(key(other), 'en', { numeric: true }));
}

/** The verdict in lines for people: every case, then what was seen. */
export function* linesOf(rows: readonly RowVerdict[], tally: ConformanceTally): Iterable<string> {
  for (const { row, cases } of rows) {
    yield row;
    for (const verdict of cases)
      yield `  ${verdict.case.padEnd(4)} ${verdict.state.padEnd(14)} ${verdict.title}${remarkOf(verdict)}`;
  }
  for (const { row, case: id, name, figures } of figuresOf(tally)) {
    const told = Object.entries(figures).map(([what, number]) => `${what} ${Math.round(number * 10) / 10}`);
    yield `${row} ${id} ${name}: ${told.join(', ')}`;
  }
  for (const failure of tally.failures) yield* linesOfFailure(failure);
}

export function* linesOfFailure({ row, case: id, part, name, text, replay }: ToldFailure): Iterable<string> {
  yield `${row} ${id} failed in part ${part}, ${name}: ${text}`;
  if (replay !== undefined) yield `  again: ${replay}`;
}
