import { SignerError } from './core/errors.ts';
import type { SignerApi } from './signer-api.ts';

/** `none`: votes for changes of the members are signed at the admin socket alone. `clients`: for clients of the edge, too. */
export type EdgeVotes = 'none' | 'clients';

/**
 * What an edge may have of a core. Which client asks the core cannot see: whoever takes the edge over is all of them, so
 * unless its operator says otherwise none of them votes.
 */
export function edgeApiOf(api: SignerApi, votes: EdgeVotes): SignerApi {
  if (votes === 'clients') return api;
  return {
    ...api,
    async signMembershipVote() {
      throw new SignerError(
        'this core signs votes for changes of the members at its admin socket alone: vote there, or let clients of the edge ' +
          'vote with SIGNER_CORE_VOTES=clients',
        { code: 'SIGNER_NOT_ALLOWED' },
      );
    },
  };
}
