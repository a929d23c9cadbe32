import { DIAGNOSES } from './codes.ts';
import type { HeardFinding } from './finding.ts';

const RANKS: ReadonlyMap<string, number> = new Map(Object.keys(DIAGNOSES).map((code, rank) => [code, rank]));

/**
 * The findings of several witnesses as one list, the worst first. Two of one code are one thing that two have seen: their evidence and
 * members are joined, and the words of the first are kept.
 */
export function merged<Each extends HeardFinding>(findings: readonly Each[]): readonly Each[] {
  const byCode = Map.groupBy(findings, ({ code }) => code);
  return [...byCode.values()].flatMap(joined).sort((a, b) => rankOf(a) - rankOf(b));
}

function joined<Each extends HeardFinding>(same: readonly Each[]): readonly Each[] {
  const [first] = same;
  if (first === undefined) return [];
  const evidence = [...new Set(same.flatMap((each) => each.evidence))];
  const members = [...new Set(same.flatMap((each) => each.members))];
  return [{ ...first, evidence, members }];
}

/** An unknown code stands behind the known ones of its severity. */
function rankOf({ code, severity }: HeardFinding): number {
  const known = RANKS.get(code);
  if (known !== undefined) return known;
  const last = Object.values(DIAGNOSES).findLastIndex((each) => each.severity === severity);
  return last + 0.5;
}
