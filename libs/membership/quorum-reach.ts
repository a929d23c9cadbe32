import type { MemberIndex } from '#libs/chain/ids.ts';
import { type ValidatorSet, weightOf } from '#libs/protocol/validator-set.ts';

/** How much of a membership a member reaches, itself included, beside the quorum that decides. */
export interface QuorumReach {
  readonly members: number;
  readonly reachable: number;
  /** How many members decide; undefined where their weights differ. */
  readonly needed: number | undefined;
  readonly totalWeight: bigint;
  readonly reachableWeight: bigint;
  /** The weight that decides. */
  readonly neededWeight: bigint;
  /** Names of the members that are not reached, in the order of the membership. */
  readonly away: readonly string[];
}

/** Names that a sentence has room for; the lists of programs have all. */
const NAMES_MAX = 12;

/**
 * The reach of a member over the members of the epoch in force.
 * @param connected - Members whose connection is up. Numbers beyond the set are those of guests, who decide nothing.
 * @param me - The member that asks; undefined for a guest.
 */
export function quorumReach(
  set: ValidatorSet,
  connected: Iterable<MemberIndex>,
  me: MemberIndex | undefined,
): QuorumReach {
  const { members, totalWeight, quorum } = set;
  const reached = new Set(me === undefined ? connected : [...connected, me]);
  const away = members.filter(({ index }) => !reached.has(index)).map(({ name }) => name);
  return {
    members: members.length,
    reachable: members.length - away.length,
    needed: membersNeeded(set),
    totalWeight,
    reachableWeight: weightOf(set, reached),
    neededWeight: quorum.commitWeight,
    away,
  };
}

/** Whether the members that are reached can decide a block together. */
export function isQuorumReached({ reachableWeight, neededWeight }: QuorumReach): boolean {
  return reachableWeight >= neededWeight;
}

/** The reach in one sentence, with the members that are away by name. */
export function reachText(reach: QuorumReach): string {
  return `${sharesText(reach)}${awayText(reach.away)}`;
}

function membersNeeded({ members, quorum }: ValidatorSet): number | undefined {
  const weight = members[0]?.weight ?? 1n;
  if (members.some((member) => member.weight !== weight)) return undefined;
  return Number((quorum.commitWeight + weight - 1n) / weight);
}

function sharesText({ needed, ...reach }: QuorumReach): string {
  const { members, reachable, totalWeight, reachableWeight, neededWeight } = reach;
  const shares = `${reachable} of ${members} members reachable`;
  if (needed !== undefined) return `${shares}, ${needed} needed`;
  return `${shares}, with weight ${reachableWeight} of ${totalWeight}, ${neededWeight} needed`;
}

function awayText(away: readonly string[]): string {
  if (away.length === 0) return '';
  const more = away.length - NAMES_MAX;
  return `; away: ${away.slice(0, NAMES_MAX).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
