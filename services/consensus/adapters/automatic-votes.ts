import type { AutomaticVotes } from '#libs/engine/ports/engine-ports.ts';
import { RemoteError } from '#libs/grpc/client.ts';
import type { Logger } from '#libs/log/logger.ts';
import type { MembershipChange } from '#libs/membership/change.ts';
import type { SignerClient } from './signer-client.ts';

/** The way to the grant, for a chain that began with this protocol. */
function grantOf(protocol: string): string {
  return (
    'let consensus vote by itself: where "btcfed signer client list --home HOME" names consensus, "btcfed signer client remove consensus --home HOME"; then ' +
    `"btcfed signer client add consensus --home HOME --cert HOME/tls/consensus.crt --protocol ${protocol} --operations describe session certificate sign ` +
    'membership-automatic", and start the node of this member again; or vote with "btcfed members propose"'
  );
}

interface AutomaticVoteOptions extends Pick<AutomaticVotes, 'suspended'> {
  /** The protocol that the chain began with. */
  readonly protocol: string;
  readonly log: Logger;
}

/** The votes that a node casts by itself, by the signer's grant `membership-automatic`. A refusal is said once, with the cure. */
export function automaticVotes(
  signer: Pick<SignerClient, 'signAutomaticVote'>,
  { protocol, log, suspended }: AutomaticVoteOptions,
): AutomaticVotes {
  let refusal = '';
  return {
    ...(suspended && { suspended }),
    sign: (vote, done) => {
      const change = wordsOf(vote.change);
      signer.signAutomaticVote(vote).then(
        (signature) => {
          refusal = '';
          log.warn('this node votes by itself, as the terms say', { change, good_until: vote.goodUntil });
          done(signature);
        },
        (error: unknown) => {
          if (!(error instanceof RemoteError)) throw error;
          if (error.message !== refusal)
            log.warn('the signer signs no vote of this node by itself', {
              change,
              reason: error.message,
              cure: grantOf(protocol),
            });
          refusal = error.message;
          done(undefined);
        },
      );
    },
  };
}

function wordsOf({ leave, join }: MembershipChange): string {
  return [...leave.map((name) => `${name} leaves`), ...join.map(({ name }) => `${name} comes back`)].join(
    ', ',
  );
}
