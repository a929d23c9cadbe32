import { openConformance } from '#libs/simulation/conformance/open-conformance.ts';
import type { CaseId } from '#libs/simulation/conformance/words/case-id.ts';
import type { CaseFailure } from '#libs/simulation/conformance/words/course.ts';
import { QUICK } from '#libs/simulation/conformance/words/effort.ts';
import { type HotStuffSubject, hotStuffSubject } from '#libs/simulation/hotstuff/subject.ts';
import type { SourcePatch } from '#test/support/federation/member-homes.ts';
import { type HotStuffVariant, hotStuffRow } from './hotstuff-row.ts';
import { QUIET_MANIFEST } from './process-manifests.ts';
import { violationsOf } from './process-runs.ts';

/** A protocol with one thing wrong, and the case that is there to notice it. */
export interface CaseMutant {
  readonly case: CaseId;
  readonly name: string;
  /** The row that it is tried in; `plain` when left out. */
  readonly variant?: HotStuffVariant;
  readonly subject?: HotStuffSubject;
  /** For real processes: a source that is changed in all of them. */
  readonly patch?: SourcePatch;
}

/** The cases that look at the description alone: they are asked of every mutant, for nothing. */
const STATIC: readonly CaseId[] = ['C1', 'C2'];

/** The first failure of the case that is there to notice a mutant; undefined when it passes. */
export function caughtBy(mutant: CaseMutant): string | undefined {
  for (const failure of failuresOf(mutant, [mutant.case]))
    if (failure.case === mutant.case) return `${failure.name}: ${failure.text}`;
  return undefined;
}

/** The static cases that notice a mutant of another one. */
export function strays(mutant: CaseMutant): readonly string[] {
  const others = STATIC.filter((id) => id !== mutant.case);
  return [...failuresOf(mutant, others)].map(({ case: id, text }) => `${id} notices it too: ${text}`);
}

function* failuresOf(mutant: CaseMutant, cases: readonly CaseId[]): Iterable<CaseFailure> {
  const { variant, subject = hotStuffSubject, patch } = mutant;
  const name = QUIET_MANIFEST.name;
  const processes =
    patch === undefined ? [] : [{ name, isQuick: true, violations: () => violationsOf(name, patch) }];
  const row = { ...hotStuffRow(variant, subject, { processes }), skips: {} };
  const open = openConformance([row], { effort: QUICK, cases });
  for (const at of open.parts.keys()) yield* open.run(at).failures;
}
