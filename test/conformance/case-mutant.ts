import { type OpenConformance, openConformance } from '#libs/simulation/conformance/open-conformance.ts';
import { CASE_IDS, type CaseId } from '#libs/simulation/conformance/words/case-id.ts';
import type { CaseFailure } from '#libs/simulation/conformance/words/course.ts';
import { QUICK } from '#libs/simulation/conformance/words/effort.ts';
import { judgedProtocol } from '#libs/simulation/conformance/words/judged-protocol.ts';
import { type HotStuffSubject, hotStuffSubject } from '#libs/simulation/hotstuff/subject.ts';
import type { HostedSubject } from '#libs/simulation/nodes/whole-nodes.ts';
import type { SourcePatch } from '#test/support/federation/member-homes.ts';
import { type HotStuffVariant, hotStuffRow } from './hotstuff-row.ts';
import { NULL_CONTENDER } from './null-contender.ts';
import { QUIET_MANIFEST } from './process-manifests.ts';
import { findingsOf } from './process-runs.ts';

/** A protocol with one thing wrong, and the case that is there to notice it. */
export interface CaseMutant {
  readonly case: CaseId;
  readonly name: string;
  /** The words by which its case must notice it, with the run where they are said: others would notice it for a reason that is not the rule of the case. */
  readonly by: RegExp;
  /** A part that notices it, as `--part` names it in a quick run of one row: it is tried first, and the others if it does not. */
  readonly part?: string;
  /** The row that it is tried in; `plain` when left out. */
  readonly variant?: HotStuffVariant;
  readonly subject?: HotStuffSubject;
  /** A change of the nodes around the protocol. */
  readonly around?: (subject: HostedSubject) => HostedSubject;
  /** A source that is changed while the kit is loaded, in a program of its own. */
  readonly source?: SourcePatch;
  /** For real processes: a source that is changed in all of them. */
  readonly patch?: SourcePatch;
}

/** The first failures of cases, in words, by their case. */
export type Noticed = ReadonlyMap<CaseId, string>;

/** C17 is made of these mutants; the services of C18 load the sources alone, and no subject. */
export const SIMULATED: readonly CaseId[] = CASE_IDS.filter((id) => id !== 'C17' && id !== 'C18');

/**
 * The first failure of each of these cases that fails for a mutant, and of its own case by the words for it. A part that ends in an error
 * has noticed nothing. A course is left as soon as all of them that it judges have failed.
 */
export function noticedHere(mutant: CaseMutant, cases: readonly CaseId[]): Noticed {
  const found = new Map<CaseId, string>();
  const open = openMutant(mutant, cases);
  for (const at of placesFrom(open.parts, mutant.part)) {
    const { judges } = open.parts[at] ?? { judges: [] };
    if (judges.every((id) => found.has(id) || !cases.includes(id))) continue;
    for (const failure of open.run(at).failures) {
      const { case: id, name, text } = failure;
      if (cases.includes(id) && !found.has(id) && isMeant(mutant, failure)) found.set(id, `${name}: ${text}`);
    }
  }
  return found;
}

/** Whether a failure is one of a rule; of its own case by the words for it. */
function isMeant({ case: own, by }: CaseMutant, { case: id, name, text, isError }: CaseFailure): boolean {
  return isError !== true && (id !== own || by.test(`${name}: ${text}`));
}

function openMutant(mutant: CaseMutant, cases: readonly CaseId[]): OpenConformance {
  const { variant, subject = hotStuffSubject, patch, around = (each) => each } = mutant;
  const name = QUIET_MANIFEST.name;
  const processes =
    patch === undefined
      ? []
      : [{ name, isQuick: true, run: () => findingsOf(subject.module.id, name, patch) }];
  const row = hotStuffRow(variant, subject, { processes, others: [NULL_CONTENDER] });
  const candidate = judgedProtocol({ ...row.candidate, subject: around(row.candidate.subject) });
  return openConformance([{ ...row, candidate, skips: {} }], { effort: QUICK, cases });
}

/** All places, that of the named part first. */
function placesFrom(parts: OpenConformance['parts'], first: string | undefined): readonly number[] {
  const places = [...parts.keys()];
  const isFirst = (at: number): boolean => `${parts[at]?.course}.${parts[at]?.part}` === first;
  return [...places.filter(isFirst), ...places.filter((at) => !isFirst(at))];
}
