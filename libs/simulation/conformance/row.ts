import { CASE_IDS, type CaseId } from './words/case-id.ts';
import type { JudgedProtocol } from './words/judged-protocol.ts';

/** A protocol in one variant, and the cases that it does without. */
export interface ConformanceRow {
  /** Id of the protocol. */
  readonly protocol: string;
  /** Which of its forms, such as one in which blocks are not built upon undecided ones. */
  readonly variant: string;
  readonly candidate: JudgedProtocol;
  /** The cases that say nothing about this row, each with the reason. */
  readonly skips: Readonly<Partial<Record<CaseId, string>>>;
}

/** A reason is a sentence, not a mark. */
const REASON_WORDS_MIN = 4;

/**
 * The faults of the rows of a registry: a protocol without one, a case that is skipped without a reason, or a registered protocol
 * that a row does not go over to, so that C13 and C21 would say nothing of the two.
 */
export function rowFaults(registered: Iterable<string>, rows: readonly ConformanceRow[]): readonly string[] {
  const known = new Set(registered);
  const missing = [...known]
    .filter((id) => rows.every(({ protocol }) => protocol !== id))
    .map((id) => `${id} is registered, and has no row in the conformance kit`);
  const names = rows.map(nameOfRow);
  const doubled = names
    .filter((name, at) => names.indexOf(name) !== at)
    .map((name) => `${name} has two rows`);
  const unvisited = rows.flatMap((row) => otherFaults(row, known));
  return [...missing, ...doubled, ...unvisited, ...rows.flatMap(skipFaults)];
}

function otherFaults(row: ConformanceRow, known: ReadonlySet<string>): readonly string[] {
  const others = new Set(row.candidate.others.map(({ subject }) => subject.module.id));
  return [...known]
    .filter((id) => id !== row.protocol && !others.has(id))
    .map((id) => `${nameOfRow(row)} does not go over to ${id}, which is registered`);
}

function skipFaults(row: ConformanceRow): readonly string[] {
  return CASE_IDS.flatMap((id) => {
    const reason = row.skips[id];
    if (reason === undefined || reason.trim().split(/\s+/).length >= REASON_WORDS_MIN) return [];
    return [`${nameOfRow(row)} skips ${id} without a reason`];
  });
}

export function nameOfRow({ protocol, variant }: Pick<ConformanceRow, 'protocol' | 'variant'>): string {
  return `${protocol}/${variant}`;
}
