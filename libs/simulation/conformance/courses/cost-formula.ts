import { quorumOf } from '#libs/protocol/quorum.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import type { VotePath } from '#libs/protocol/vote-path.ts';
import type { Cost } from './port-counts.ts';

/** The counts that the formula gives. */
export const COUNTS = ['messages', 'signed', 'verified', 'carried'] as const;

/** The costs that the formula gives. Of bytes it gives the signatures, each of which is as long as its scheme makes it. */
export type CountedCost = Pick<Cost, (typeof COUNTS)[number]>;

/**
 * The cost of a decision, by the steps of the table and the way of the votes. To the leader: a proposal, and in each step the votes of
 * the others and the certificate for them, whole, once to each. To all: a proposal, and in each step everyone's vote to everyone. A
 * certificate that a proposal stands on is a reference: each message carries the signature of its sender, and no other. A
 * member verifies the proposal and, in each step, what it lacks of a quorum; a follower takes its signer's word for the leader's
 * certificates (libs/replica/signer-proofs.ts), but for the one that decides.
 */
export function formula(table: VoteTable, votePath: VotePath, members: number): CountedCost {
  const others = members - 1;
  const quorum = Number(quorumOf(BigInt(members)).commitWeight);
  const steps = stepsOf(table);
  const signed = 1 + steps * members;
  if (votePath === 'all') {
    const messages = others * (1 + steps * members);
    const verified = others + steps * members * (quorum - 1);
    if (!justifies(table)) return { messages, signed, verified, carried: messages };
    // Votes come in any order: of the voters in the leader's certificate a follower counted the share that a quorum has of all.
    const lacking = (quorum - (quorum - 1) / others) * ((members - quorum) / others);
    return {
      ...{ messages, signed, verified: verified + others * lacking },
      carried: messages,
    };
  }
  const byLeader = steps * (quorum - 1);
  // The leader has all signatures of a quorum; a follower whose own is not among them verifies one more.
  const byFollowers = others * (quorum - 1) + (members - quorum);
  return {
    messages: others * (1 + 2 * steps),
    signed,
    verified: others + byLeader + byFollowers,
    carried: others * (1 + steps * (1 + quorum)),
  };
}

/** Whether a proposal shows the certificate of the block that it extends. */
function justifies({ proposal, kinds }: VoteTable): boolean {
  return kinds[proposal]?.grounds === 'extension';
}

/** The votes that each member gives for a block: slots, not kinds. */
export function stepsOf({ kinds }: VoteTable): number {
  const votes = Object.values(kinds).filter(
    ({ leaderOnly, leaves }) => leaderOnly !== true && leaves === undefined,
  );
  return new Set(votes.map(({ step }) => step)).size;
}
