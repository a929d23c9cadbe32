import { genesisBlock } from '#libs/chain/genesis-block.ts';
import { type EpochRoot, genesisRoot } from '#libs/protocol/certificate.ts';
import type { ValidatorFacts } from '#libs/protocol/validator-set.ts';
import type { Genesis } from '#libs/settings/genesis.ts';

/** The facts of the genesis about the first epoch: a signer takes its members from nowhere else. */
export interface FirstEpochFacts {
  readonly members: readonly ValidatorFacts[];
  readonly root: EpochRoot;
  /** How few members there may be. */
  readonly membersMin: number;
}

/** The facts about the federation that a signer gets when its key is bound. */
export function firstEpochOf(genesis: Genesis): FirstEpochFacts {
  const members = genesis.members.map(({ name, weight, consensusPublicKey: publicKey }) => ({
    name,
    weight,
    publicKey,
  }));
  const { membersMin } = genesis.membership;
  return { members, root: genesisRoot(genesisBlock(genesis).digest), membersMin };
}
