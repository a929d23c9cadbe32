import { finding } from '#libs/diagnosis/finding.ts';
import { HEIGHTS_TOLD_MAX } from './diagnosis-limits.ts';
import type { DiagnosisRule } from './diagnosis-rule.ts';
import { durationText } from './words.ts';

export const damagedRule: DiagnosisRule = ({ member, damagedHeights }) => {
  if (damagedHeights.length === 0) return undefined;
  const told = damagedHeights.slice(0, HEIGHTS_TOLD_MAX).join(', ');
  const more = damagedHeights.length - HEIGHTS_TOLD_MAX;
  return finding('history-damaged', {
    summary: 'Old blocks are damaged on the disk of this member, and are fetched again from others.',
    evidence: [`heights ${told}${more > 0 ? ` and ${more} more` : ''}`],
    members: [member],
  });
};

export const unreadableRule: DiagnosisRule = ({ member, unreadable }) => {
  if (unreadable === '') return undefined;
  return finding('store-unreadable', {
    summary: 'A part of chain.db cannot be read; this member goes on without it.',
    evidence: [unreadable],
    members: [member],
  });
};

export const missingHistoryRule: DiagnosisRule = ({ member, missingHistory }) => {
  if (missingHistory === undefined) return undefined;
  const { from, to, remainingMs } = missingHistory;
  const left = remainingMs === undefined ? [] : [`about ${durationText(remainingMs)} left`];
  return finding('history-missing', {
    summary: 'This member began from a snapshot and fetches the blocks below it.',
    evidence: [`heights ${from} to ${to} are missing`, ...left],
    members: [member],
  });
};
