import { finding } from '#libs/diagnosis/finding.ts';
import { FAILED_VIEWS_ORDINARY, STALL_MS, STALL_VIEWS, STILL_MS } from './diagnosis-limits.ts';
import type { DiagnosisRule } from './diagnosis-rule.ts';
import type { StepFacts, ViewFacts } from './facts.ts';
import { durationText, namesText } from './words.ts';

/** A leader is blamed when it has that many times the failed views that each member would have by chance. */
const BLAMED_TIMES = 1.5;

export const catchUpRule: DiagnosisRule = ({ member, catchUp }) => {
  if (catchUp === undefined) return undefined;
  const { finalHeight, targetHeight, remainingMs, stillMs } = catchUp;
  const left = remainingMs === undefined ? [] : [`about ${durationText(remainingMs)} left`];
  const evidence = [`at height ${finalHeight} of ${targetHeight}`, ...left];
  if (stillMs < STILL_MS)
    return finding('catching-up', {
      summary: 'This member fetches blocks that it missed, and votes again once it has them.',
      evidence,
      members: [member],
    });
  return finding('catch-up-stuck', {
    summary: 'This member lacks blocks and gets none.',
    evidence: [...evidence, `no block came for ${durationText(stillMs)}`],
    members: [member],
  });
};

/** Transactions wait longer than some leaders that fail in a row would explain. */
export const stallRule: DiagnosisRule = ({ view }) => {
  const { waitingMs, waitingTransactions, viewTimeoutMs } = view;
  if (waitingMs <= STALL_MS + STALL_VIEWS * viewTimeoutMs) return undefined;
  return finding('decisions-stalled', {
    summary: 'Transactions wait and no block is decided.',
    evidence: [
      `${waitingTransactions} transactions wait, the chain stands still for ${durationText(waitingMs)}`,
      `view ${view.view} of height ${view.height}, led by ${view.leader}, ${view.isProposed ? 'has a proposal' : 'has no proposal'}`,
      ...votesText(view),
    ],
    members: silentIn(view),
  });
};

function votesText({ steps, isCounted, neededWeight, leader }: ViewFacts): readonly string[] {
  const told = steps.map(({ step, voters }) => `${step}: votes of ${namesText(voters)}`);
  const counter = isCounted
    ? `weight ${neededWeight} decides a step`
    : `votes go to ${leader} alone: ask there too`;
  return [...told, counter];
}

/** Those whose word is missing, where this member can know it. */
function silentIn({ isProposed, leader, isCounted, steps }: ViewFacts): readonly string[] {
  if (!isProposed) return [leader];
  if (!isCounted) return [];
  const open: StepFacts | undefined = steps.find(({ isDecided }) => !isDecided);
  return open?.missing ?? [];
}

export const failedViewsRule: DiagnosisRule = ({ failedViews, quorum }) => {
  const total = failedViews.reduce((sum, { failed }) => sum + failed, 0);
  if (total <= FAILED_VIEWS_ORDINARY) return undefined;
  const blamed = failedViews.filter(({ failed }) => failed > (BLAMED_TIMES * total) / quorum.members);
  return finding('views-time-out', {
    summary: 'Views end by timeout again and again, so blocks take longer.',
    evidence: [
      `${total} views failed within ten minutes`,
      ...failedViews.map(
        ({ leader, failed, unproposed }) =>
          `${leader} led ${failed} of them, ${unproposed} without a proposal`,
      ),
    ],
    members: blamed.map(({ leader }) => leader),
  });
};
