import type { Height } from '#libs/chain/ids.ts';
import type { Custodian } from '#libs/custody/custodian.ts';
import { VOTE_BLOCKS_MAX } from '#libs/membership/limits.ts';
import type { MembershipVote } from '#libs/membership/vote.ts';
import type { VoteRefusal } from '../../words/errors.ts';

/** The vote that a signer is asked for: a change, and the height until which the vote counts. */
export interface WantedVote extends Pick<MembershipVote, 'change' | 'goodUntil'> {
  readonly asker: VoteAsker;
}

/**
 * The asker of a vote. `operator`: at the admin socket. `client`: a certificate that the client matrix lets vote.
 * `automatic`: a certificate that it lets vote without a person.
 */
export type VoteAsker = 'operator' | 'client' | 'automatic';

export interface VoteFault {
  readonly reason: VoteRefusal;
  /** The remedy. */
  readonly sentence: string;
}

/**
 * The objection to a vote for a change; undefined when there is none. The vote is of the epoch that the key
 * signs in, never of a later one, and lasts for a limited time: hosts that are captured one after the other, in
 * different months, make no quorum.
 */
export function wantedVoteFault(
  { state, context }: Custodian,
  { change, goodUntil }: WantedVote,
): VoteFault | undefined {
  if (state.mode !== 'active') {
    return { reason: 'QUARANTINED', sentence: 'this key is in quarantine or retired, and votes for nothing' };
  }
  if (change.chain !== state.chain) {
    return { reason: 'WRONG_CHAIN', sentence: 'this key signs no vote for a change of another chain' };
  }
  if (change.epoch !== state.epoch) return wrongEpoch(change.epoch, state.epoch);
  if (context.me === undefined) {
    return {
      reason: 'NOT_MEMBER',
      sentence: 'the members of this epoch do not know this key: it has no vote',
    };
  }
  return termFault(provenHeight({ state, context }), goodUntil);
}

function wrongEpoch(wanted: bigint, epoch: bigint): VoteFault {
  const way =
    wanted > epoch
      ? 'consensus proves a later one to the signer with its first block: hand in a transaction, wait until it is final, and vote again'
      : 'that one is over';
  return {
    reason: 'WRONG_EPOCH',
    sentence: `a vote for epoch ${wanted}: this key votes in epoch ${epoch} alone, and ${way}`,
  };
}

function termFault(height: bigint, goodUntil: Height): VoteFault | undefined {
  if (goodUntil > height && goodUntil <= height + VOTE_BLOCKS_MAX) return undefined;
  const sentence =
    `a vote that is good until height ${goodUntil}: this key knows of height ${height} by what was proved to it, and votes for ` +
    `heights from ${height + 1n} to ${height + VOTE_BLOCKS_MAX}`;
  return { reason: 'VOTE_TERM', sentence };
}

/** The newest height that was proved to this key, durably: the signer never asks its caller how late it is. */
function provenHeight({ state, context }: Pick<Custodian, 'state' | 'context'>): bigint {
  // The instances below the open one are decided heights; where views run across heights it is 0.
  const decided = state.openFrom - 1n;
  const heights = [decided, state.lock?.height, ...[...state.high.values()].map(({ height }) => height)];
  return heights.reduce<bigint>(
    (highest, height = 0n) => (height > highest ? height : highest),
    context.root.height,
  );
}
