import { toHeight, toView, type View } from '#libs/chain/ids.ts';
import type {
  RoundsLeave,
  RoundsMessage,
  RoundsProposal,
  RoundsVote,
} from '#libs/protocol/rounds/message.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import { votingKinds } from '#libs/protocol/vote/voting-kinds.ts';
import { type RoundsActor, type RoundsTools, signedAnew } from './voters.ts';

const STEPS: readonly bigint[] = [-1n, 1n, 2n, 100n];

/**
 * The second instance of a mutating twin: it sends the messages of an honest member, with one part changed and signed
 * anew (libs/simulation/README.md B.4). A nearly right message gets further than junk.
 */
export function mutatingRounds(table: VoteTable) {
  return (tools: RoundsTools): RoundsActor => ({
    outgoing: (to, message) =>
      tools.send(to, tools.random.chance(0.5) ? distorted(tools, table, message) : message),
  });
}

function distorted(tools: RoundsTools, table: VoteTable, message: RoundsMessage): RoundsMessage {
  switch (message.kind) {
    case 'vote':
      return distortedVote(tools, table, message);
    case 'proposal':
      return distortedProposal(tools, table, message);
    case 'leave':
      return distortedLeave(tools, table, message);
    case 'certificate': {
      const { certificate } = message;
      const kind = tools.random.pick(votingKinds(table));
      const signatures = certificate.signatures.slice(tools.random.int(0, 1));
      return { ...message, certificate: { ...certificate, kind, signatures } };
    }
    case 'left':
      return { ...message, leave: { ...message.leave, view: moved(tools, message.leave.view) } };
    case 'request':
      return { ...message, view: moved(tools, message.view), have: new Map() };
    case 'recovery':
      return { ...message, statements: [...message.statements, ...message.statements] };
  }
}

function moved({ random }: RoundsTools, view: View): View {
  const to = view + random.pick(STEPS);
  return to < 0n ? view : toView(to);
}

function distortedVote(tools: RoundsTools, table: VoteTable, vote: RoundsVote): RoundsVote {
  const { random } = tools;
  return random.pick([
    () => signedAnew(tools, table, { ...vote, step: random.pick(votingKinds(table)) }),
    () => signedAnew(tools, table, { ...vote, view: moved(tools, vote.view) }),
    () => signedAnew(tools, table, { ...vote, height: toHeight(vote.height + 1n) }),
    () => ({ ...vote, member: random.pick(tools.set.members).index }),
  ])();
}

/** The proof is left out, or has fewer shares, or hides its report; the leader's own signature holds. */
function distortedProposal(tools: RoundsTools, table: VoteTable, proposal: RoundsProposal): RoundsProposal {
  const { leave } = proposal;
  return tools.random.pick([
    () => ({ ...proposal, leave: undefined }),
    () => ({ ...proposal, leave: leave && { ...leave, shares: leave.shares.slice(1) } }),
    () => ({ ...proposal, leave: leave && { ...leave, high: undefined } }),
    () => signedAnew(tools, table, { ...proposal, view: moved(tools, proposal.view) }),
  ])();
}

function distortedLeave(tools: RoundsTools, table: VoteTable, leave: RoundsLeave): RoundsLeave {
  return tools.random.pick([
    () => signedAnew(tools, table, { ...leave, view: moved(tools, leave.view) }),
    () => ({ ...leave, entry: undefined }),
    () => ({ ...leave, prepared: undefined }),
  ])();
}
