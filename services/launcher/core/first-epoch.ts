import { genesisBlock } from '#libs/chain/genesis-block.ts';
import { genesisRoot } from '#libs/protocol/certificate.ts';
import type { Genesis } from '#libs/settings/genesis.ts';
import type { FirstEpochFacts } from '../words/ports.ts';

/** What a signer is told of the federation when its key is bound. */
export function firstEpochOf(genesis: Genesis): FirstEpochFacts {
  const members = genesis.members.map(({ name, weight, consensusPublicKey: publicKey }) => ({
    name,
    weight,
    publicKey,
  }));
  const { membersMin } = genesis.membership;
  return { members, root: genesisRoot(genesisBlock(genesis).digest), membersMin };
}
