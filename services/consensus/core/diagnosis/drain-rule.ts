import { finding } from '#libs/diagnosis/finding.ts';
import type { DiagnosisRule } from './diagnosis-rule.ts';
import { durationText } from './words.ts';

/** It votes on, so nothing but its clients would show that it was drained and then forgotten. */
export const drainRule: DiagnosisRule = ({ member, drainedMs, view }) => {
  if (drainedMs === undefined) return undefined;
  return finding('drained', {
    summary: 'This member takes no new transactions: its operator drained it, and did not stop it since.',
    evidence: [
      `drained for ${durationText(drainedMs)}`,
      `${view.waitingTransactions} transactions wait here to become final`,
    ],
    members: [member],
  });
};
