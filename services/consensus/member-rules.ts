import type { NodeRules } from '#libs/engine/node-ports.ts';
import type { SigningScope } from '#libs/protocol/vote/statement.ts';
import { timingOf } from '#libs/protocols/protocols.ts';
import type { LoadedChain } from './adapters/load-chain.ts';

/** The rules that the genesis fixes for this chain, as the node takes them. */
export function rulesOf(chain: LoadedChain): NodeRules {
  const { parameters, members, protocol, protocolParameters } = chain.genesis;
  return {
    chain: chain.chainDigest,
    protocol: chain.protocol,
    limits: {
      transactionsMax: parameters.blockTransactionsMax,
      bytesMax: parameters.blockBytesMax,
      transactionBytesMax: parameters.transactionBytesMax,
    },
    timing: timingOf(protocol, protocolParameters),
    founders: members.length,
  };
}

export function scopeOf({
  chainDigest,
  genesis,
}: Pick<LoadedChain, 'chainDigest' | 'genesis'>): Pick<SigningScope, 'chain' | 'protocol'> {
  return { chain: chainDigest, protocol: genesis.protocol };
}
