import type { MemberIndex } from '#libs/chain/ids.ts';
import { isQuorumReached } from '#libs/membership/quorum-reach.ts';
import type { MemberStatus } from '../ports.ts';
import { complaintsOf } from '../seen-audit.ts';
import { HEARD_EACH_MS, MUTE_SLACK_MS } from './diagnosis-limits.ts';
import type { CatchUpFacts, DiagnosisFacts, MuteMember, ViewFacts } from './facts.ts';
import type { ConditionTimes, SeenConditions } from './symptoms.ts';

/** The conditions that a look at the status sees. */
export function conditionsIn(status: MemberStatus, isConnectedToEvents: boolean): SeenConditions {
  const { quorum, mode, isDraining, mempoolTransactions, viewTimeoutMs } = status;
  return {
    isQuorumLost: !isQuorumReached(quorum),
    isBehind: mode === 'catching-up',
    isWaiting: mempoolTransactions > 0,
    isDraining,
    areEventsAway: !isConnectedToEvents,
    viewTimeoutMs,
  };
}

/** The members of the epoch by their index, and how long those that are connected were silent. */
export interface MembersSeen {
  readonly names: readonly string[];
  readonly silence: ReadonlyMap<MemberIndex, number>;
}

/** At rest each of n members is heard once in n - 1 heartbeats. A guest is told nothing. */
export function muteIn({ member }: MemberStatus, { names, silence }: MembersSeen): readonly MuteMember[] {
  if (member === undefined) return [];
  const patienceMs = 2 * HEARD_EACH_MS * (names.length - 1) + MUTE_SLACK_MS;
  return [...silence].flatMap(([index, silentMs]) => {
    const name = names[index];
    return name === undefined || silentMs <= patienceMs ? [] : [{ member: name, silentMs }];
  });
}

export function catchUpIn(
  { mode, targetHeight, catchUpRemainingMs, snapshot }: MemberStatus,
  finalHeight: bigint,
  stillMs: number,
): CatchUpFacts | undefined {
  if (mode !== 'catching-up') return undefined;
  const isTakingSnapshot = snapshot !== undefined;
  return {
    finalHeight,
    targetHeight,
    remainingMs: catchUpRemainingMs,
    stillMs: isTakingSnapshot ? 0 : stillMs,
  };
}

/** The votes are counted here, because somebody asks. */
export function viewIn(
  { height, view, leader, member, votePath, viewTimeoutMs, mempoolTransactions, tally }: MemberStatus,
  names: readonly string[],
  { waitingMs }: ConditionTimes,
): ViewFacts {
  const { isProposed, steps, neededWeight } = tally();
  const nameOf = (index: MemberIndex): string => names[index] ?? String(index);
  return {
    ...{ height, view, isProposed, neededWeight, viewTimeoutMs, waitingMs },
    leader: nameOf(leader),
    isCounted: votePath === 'all' || leader === member,
    waitingTransactions: mempoolTransactions,
    steps: steps.map(({ kind, voters, blockWeight }) => {
      const voted = voters.map(nameOf);
      const missing = names.filter((name) => !voted.includes(name));
      return { step: kind, voters: voted, missing, isDecided: blockWeight >= neededWeight };
    }),
  };
}

export function auditComplaintsIn({ auditHeads }: MemberStatus): DiagnosisFacts['auditComplaints'] {
  return [...auditHeads].flatMap(([member, seen]) => {
    const complaint = complaintsOf(seen);
    return complaint === '' ? [] : [{ member, complaint }];
  });
}
