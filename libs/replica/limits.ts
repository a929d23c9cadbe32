import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';

/**
 * Messages of one member that may wait for verification at a time. Honest members need a handful; a flood of
 * junk signatures must not take the workers from the others (RULES.md A.44).
 */
export const PENDING_PER_MEMBER_MAX = 32;

/** Signature requests that may wait: one view asks for one of each slot of its protocol, and stale ones are dropped. */
export const SIGNATURES_WAITING_MAX = 32;

/**
 * Signatures of a view that a member may bring us as its leader: its own, the certificate of each step that is voted on, and
 * proof that a view was given up, with the certificate that it reports.
 */
function verificationsPerView({ members, votes }: VotersOfView): number {
  const voted = Object.values(votes.kinds).filter(
    (row) => row.leaderOnly !== true && row.leaves === undefined,
  );
  return 1 + (new Set(voted.map(({ step }) => step)).size + 2) * members;
}

/** The members that vote, and on what. */
export interface VotersOfView {
  readonly members: number;
  readonly votes: Pick<VoteTable, 'kinds'>;
}

/** Views a second that one member could lead if signatures were free, and how many may come at once after a pause. */
const VIEWS_LED_PER_SECOND = 8;
const VIEWS_AT_ONCE = 32;

/** Verifications that one member may cost: honest members stay far below it with every scheme. */
export function verificationBudget(voters: VotersOfView): {
  readonly perSecond: number;
  readonly burst: number;
} {
  const view = verificationsPerView(voters);
  return { perSecond: VIEWS_LED_PER_SECOND * view, burst: VIEWS_AT_ONCE * view };
}

/** False signatures after which a member is muted. Honest members send none: they verify before they pass on. */
export const FALSE_SIGNATURES_MAX = 8;

/** Rate at which faults fade: a fault of the memory or the network card is forgiven. */
export const FALSE_SIGNATURES_FORGIVEN_PER_S = 1 / 10;

/**
 * Messages of one member that may be refused unverified: votes that are late or repeated, a few in a view. A
 * member that sends them without end asks for answers without end, and is muted too.
 */
export const USELESS_MESSAGES_PER_SECOND = 200;
export const USELESS_MESSAGES_BURST = 2_000;

/**
 * Time for which messages of a muted member are ignored; it counts as crashed meanwhile, as one of the f that
 * may be faulty.
 */
export const MUTE_MS = 30_000;

/** Signatures under way at a time: a leader's proposal and its own vote for it; nothing else comes in pairs. */
export const SIGNATURES_UNDER_WAY_MAX = 2;
