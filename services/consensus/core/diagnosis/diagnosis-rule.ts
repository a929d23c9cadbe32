import type { Finding } from '#libs/diagnosis/finding.ts';
import type { DiagnosisFacts } from './facts.ts';

/** One thing that can be wrong; undefined while it is not. No rule asks whether another found something. */
export type DiagnosisRule = (facts: DiagnosisFacts) => Finding | undefined;
