import { MEMBERS_MAX, MEMBERS_MIN } from '#libs/membership/limits.ts';
import { VOTE_PATH_PARAMETER, VOTE_PATHS } from '#libs/protocol/vote-path.ts';
import { DEFAULT_PROTOCOL } from '#libs/protocols/default-protocol.ts';
import { type DecisionVotes, decisionVotesOf } from '#services/launcher/core/decision-votes.ts';
import { commitFloorMs, type SignatureCost } from '#services/launcher/core/floor.ts';
import { votePathFor } from '#services/launcher/core/new-vote-path.ts';
import { type Check, check } from './doctor-check.ts';

/** The cost of one parameter set on one core of this machine. */
export interface SetCost extends SignatureCost {
  readonly scheme: string;
  /** Otherwise computed from a set that was measured, by the hashes of both. */
  readonly isMeasured: boolean;
}

/** The terms of the chain in genesis.json. */
export interface ChainTerms {
  readonly scheme: string;
  readonly members: number;
  readonly votes: DecisionVotes;
  readonly viewTimeoutMs: number;
  readonly viewTimeoutMsMax: number;
}

export interface SignatureFacts {
  readonly cores: number;
  /** Threads on which a service of this node signs and verifies. */
  readonly threads: number;
  readonly costs: readonly SetCost[];
  /** Undefined for a home without a chain: a new one of the usual protocol is judged. */
  readonly chain: ChainTerms | undefined;
}

/** How many members one parameter set lets decide, each on a machine like this one. */
export interface SetCapacity extends SetCost {
  readonly membersWithinSecond: number;
  readonly membersWithinTenSeconds: number;
}

const SECOND_MS = 1_000;
const TEN_SECONDS_MS = 10_000;
/** The other half of a view is for lines, disks and blocks. */
const SHARE_OF_VIEW = 0.5;

/**
 * The time of the signatures of one decision where each member has a machine like this one: the work of
 * `commitFloorMs`, shared by the cores of all as far as they have threads for it, and no less than what comes one after the other: a proposal, then a vote of
 * each voting, each signed and verified before the next.
 */
export function decisionSignaturesMs(
  cost: SignatureCost,
  {
    members,
    cores,
    threads,
    votes,
  }: {
    readonly members: number;
    readonly cores: number;
    readonly threads: number;
    readonly votes: DecisionVotes;
  },
): number {
  const { signMs, verifyMs } = cost;
  const sharedMs = commitFloorMs({
    signMs,
    verifyMs,
    members,
    cores: Math.min(cores, threads) * members,
    votes,
  });
  return Math.max(sharedMs, (1 + votes.votings) * (signMs + verifyMs));
}

export function capacities({ costs, cores, threads, chain }: SignatureFacts): readonly SetCapacity[] {
  return costs.map((cost) => {
    const within = (limitMs: number): number => {
      for (let members = MEMBERS_MAX; members >= MEMBERS_MIN; members--) {
        const votes = chain?.votes ?? votesOfNewChain(members);
        if (decisionSignaturesMs(cost, { members, cores, threads, votes }) <= limitMs) return members;
      }
      return 0;
    };
    return {
      ...cost,
      membersWithinSecond: within(SECOND_MS),
      membersWithinTenSeconds: within(TEN_SECONDS_MS),
    };
  });
}

/** The votes of a decision of a new federation of this size. */
export function votesOfNewChain(members: number): DecisionVotes {
  const value = VOTE_PATHS.indexOf(votePathFor(members));
  return decisionVotesOf({
    protocol: DEFAULT_PROTOCOL,
    protocolParameters: { [VOTE_PATH_PARAMETER]: value },
  });
}

/** Judges the chain of this home by these cores, and tells what each parameter set would carry. */
export function judgeSignatures(facts: SignatureFacts, home: string): readonly Check[] {
  return [...ofChain(facts, home), ...capacities(facts).map(ofSet)];
}

function ofChain({ chain, costs, cores, threads }: SignatureFacts, home: string): readonly Check[] {
  const cost = costs.find(({ scheme }) => scheme === chain?.scheme);
  if (chain === undefined || cost === undefined) return [];
  const { scheme, members, viewTimeoutMs, viewTimeoutMsMax } = chain;
  const ms = decisionSignaturesMs(cost, { ...chain, cores, threads });
  const wantedMs = Math.ceil(ms / SHARE_OF_VIEW);
  const found =
    `${scheme}, ${members} members: the signatures of a decision take ${Math.ceil(ms)} ms here, a view may take ` +
    `${viewTimeoutMs} ms at first and ${viewTimeoutMsMax} ms at most, by genesis.json`;
  // No view may wait longer than the longest.
  const longest = wantedMs > viewTimeoutMsMax ? ` --parameter view_timeout_ms_max=${16 * wantedMs}` : '';
  const cure =
    `"btcfed members propose --home ${home} --parameter view_timeout_ms=${wantedMs}${longest}" gives a view more time; more or faster cores; ` +
    'type it again when the machine does nothing else';
  if (ms > viewTimeoutMsMax) return [check('signatures', 'failure', found, cure)];
  return [check('signatures', wantedMs > viewTimeoutMs ? 'warning' : 'ok', found, cure)];
}

function ofSet(set: SetCapacity): Check {
  const { scheme, signMs, verifyMs, isMeasured, membersWithinSecond, membersWithinTenSeconds } = set;
  const about = isMeasured ? '' : 'about ';
  const found =
    `sign ${about}${signMs.toFixed(1)} ms, verify ${about}${verifyMs.toFixed(2)} ms; decides within 1 s for ` +
    `${countOf(membersWithinSecond)}, within 10 s for ${countOf(membersWithinTenSeconds)}`;
  const cure = 'take another set for a new chain ("btcfed init --scheme slh-dsa-sha2-128f"), or faster cores';
  return check(scheme, membersWithinTenSeconds > 0 ? 'ok' : 'warning', found, cure);
}

function countOf(members: number): string {
  return members === 0 ? 'none' : `up to ${members} members`;
}
