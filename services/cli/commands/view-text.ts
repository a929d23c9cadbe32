import type {
  GetStatusResponse,
  StepTally,
  ViewTally,
} from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';

/** The view that a member is in, with the height that is being decided where the member tells it. */
export function viewText({ header, tally, leader, phase }: GetStatusResponse): string {
  const height = tally === undefined ? '' : ` of height ${tally.height}`;
  return `${header?.view}${height}, led by member ${leader}, phase ${phase}`;
}

/** The votes of that view which the member holds, beside those that decide. */
export function votesText({ tally }: GetStatusResponse): string {
  if (tally === undefined) return 'not told by this version of the member';
  const proposal = tally.proposalSeen ? 'proposal seen' : 'no proposal seen';
  const steps = tally.steps.map((step) => stepText(step, tally)).join(', ');
  const leaving = countText({ members: tally.leaving, weight: tally.leavingWeight }, tally);
  const counter = tally.votesToAll ? '' : '; votes go to the leader alone';
  return `${proposal}; ${steps}; ${neededText(tally)}; ${leaving} to leave the view${counter}`;
}

function stepText({ step, members, weight, blockWeight }: StepTally, tally: ViewTally): string {
  const split = blockWeight === weight ? '' : ` for several blocks, at most weight ${blockWeight} for one`;
  return `${step} ${countText({ members, weight }, tally)}${split}`;
}

interface Count {
  readonly members: number;
  readonly weight: bigint;
}

/** Weights are told where they differ: otherwise members say all. */
function countText({ members, weight }: Count, { needed }: ViewTally): string {
  return needed === undefined ? `${members} (weight ${weight})` : `${members}`;
}

function neededText({ needed, neededWeight }: ViewTally): string {
  return needed === undefined ? `weight ${neededWeight} needed` : `${needed} needed`;
}
