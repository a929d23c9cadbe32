import { assert } from '#libs/assert/assert.ts';
import { genesisBlock } from '#libs/chain/genesis-block.ts';
import { toEpoch } from '#libs/chain/ids.ts';
import type { FederationClient } from '#libs/client/client.ts';
import { trustAt } from '#libs/client/membership.ts';
import type { Trust } from '#libs/client/verify-block.ts';
import { verifyByScheme } from '#libs/crypto/verify-by-scheme.ts';
import { validatorSet } from '#libs/protocol/validator-set.ts';
import { voteTableOf } from '#libs/protocols/protocols.ts';
import { genesisDigest } from '#libs/settings/genesis.ts';
import { readGenesis } from '#services/launcher/adapters/read-home.ts';
import { CliError } from '#services/launcher/words/errors.ts';

/** The facts about a federation that its genesis file proves, without trust in any member. */
export function trustFrom(genesisFile: string): Trust {
  const genesis = readGenesis(genesisFile);
  const votes = voteTableOf(genesis.protocol);
  assert(votes !== undefined, 'a genesis with an unknown protocol is not read');
  const members = genesis.members.map(({ name, weight, consensusPublicKey }) => {
    return { name, weight, publicKey: consensusPublicKey };
  });
  return {
    chainDigest: genesisDigest(genesis),
    ...{ votes, votesOf: voteTableOf },
    validators: validatorSet(toEpoch(0n), members),
    genesisBlock: genesisBlock(genesis).digest,
    scheme: genesis.scheme,
    verify: verifyByScheme(),
  };
}

/**
 * The proved facts about the members of an epoch: the members of each epoch signed the next ones, back to the
 * genesis. @throws CliError
 */
export async function trustInEpoch(
  trust: Trust,
  epoch: bigint,
  client: Pick<FederationClient, 'handover'>,
): Promise<Trust> {
  const followed = await trustAt(trust, epoch, (each) => client.handover(each));
  if (followed.ok) return followed.trust;
  throw new CliError(`the members of epoch ${epoch} are not proved: ${followed.fault}`, {
    code: 'CLI_NOT_PROVED',
  });
}
