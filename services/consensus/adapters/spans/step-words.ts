/** The first thing that a member does for a decision: until then it may have waited for work for hours. */
const BEGINS = /^(?:view_timer_started|proposal_(?:created|received)|.+_created)$/;

/** Votes of others, thousands in a large federation, and what spans of their own tell. */
const UNTOLD =
  /_vote_(?:received|validated)$|^storage_|^view_timer_cancelled$|^(?:leader_elected|new_view_started)$/;

const VOTED = /^(?<phase>.+?)(?:_vote)?_created$/;
const CERTIFIED = /^(?<phase>.+)_(?:qc|certificate)_(?:formed|validated|adopted)$/;

export function beginsDecision(step: string): boolean {
  return BEGINS.test(step);
}

/** Whether a step is an event of the span of its view. */
export function isToldOf(step: string): boolean {
  return !UNTOLD.test(step);
}

/** The phase that this member votes in by this step. */
export function votedPhase(step: string): string | undefined {
  return step === 'proposal_created' ? undefined : VOTED.exec(step)?.groups?.['phase'];
}

/** The phase whose votes of a quorum are here with this step. */
export function certifiedPhase(step: string): string | undefined {
  return CERTIFIED.exec(step)?.groups?.['phase'];
}
