import { genesisBlock } from '#libs/chain/genesis-block.ts';
import { type EpochRoot, genesisRoot } from '#libs/protocol/certificate.ts';
import type { ValidatorFacts } from '#libs/protocol/validator-set.ts';
import type { Genesis } from '#libs/settings/genesis.ts';

/** What the genesis says of the first epoch: all that a signer ever believes about who its members are. */
export interface FirstEpochFacts {
  readonly members: readonly ValidatorFacts[];
  readonly root: EpochRoot;
  /** How few members there may be. */
  readonly membersMin: number;
}

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
