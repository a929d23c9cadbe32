import type { SignerApi } from '../socket/signer-api.ts';
import { SignerError } from '../words/errors.ts';

/**
 * Votes for changes of the members that an edge may ask for. `none`: no votes, which are then signed at the admin
 * socket alone. `automatic`: the votes that need no person. `clients`: the votes of every client that the matrix of
 * the edge lets vote.
 */
export type EdgeVotes = 'none' | 'automatic' | 'clients';

/**
 * The API of a core, limited to an edge. The core cannot see which client asks: an intruder in the edge can be
 * any of them. So unless the operator of the core allows it, no client votes.
 */
export function edgeApiOf(api: SignerApi, votes: EdgeVotes): SignerApi {
  switch (votes) {
    case 'clients':
      return api;
    case 'automatic':
      return { ...api, signMembershipVote: refused };
    case 'none':
      return { ...api, signMembershipVote: refused, signAutomaticVote: refused };
  }
}

async function refused(): Promise<never> {
  throw new SignerError(
    'this core signs no such vote for its edge: vote at the admin socket, or let clients of the edge vote (SIGNER_CORE_VOTES)',
    { code: 'SIGNER_NOT_ALLOWED' },
  );
}
