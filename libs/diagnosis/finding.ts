import { DIAGNOSES, type DiagnosisCode, type Severity } from './codes.ts';
import type { NextCommand } from './next-command.ts';

/** One thing that is wrong. */
export interface Finding {
  readonly code: DiagnosisCode;
  readonly severity: Severity;
  /** One sentence. */
  readonly summary: string;
  /** The facts that show it, each a part of a sentence. */
  readonly evidence: readonly string[];
  /** Names of the members whose state it is. */
  readonly members: readonly string[];
  readonly next: NextCommand;
}

/** A finding as somebody heard of it: the code of a newer member may be unknown here. */
export type HeardFinding = Omit<Finding, 'code'> & { readonly code: string };

/** The parts of a finding that its code does not say. */
export type FindingParts = Pick<Finding, 'summary' | 'evidence' | 'members'>;

export function finding(code: DiagnosisCode, parts: FindingParts): Finding {
  return { code, ...DIAGNOSES[code], ...parts };
}
