import type { NodeRules } from '#libs/engine/node-ports.ts';
import { roundRobin } from '#libs/protocol/leader/round-robin.ts';
import type { LoadedChain } from './adapters/load-chain.ts';

/** The rules that the genesis fixes for this chain, as the node takes them. */
export function rulesOf(chain: LoadedChain): NodeRules {
  const { parameters, members } = chain.genesis;
  const { viewTimeoutMs, viewTimeoutMsMax } = parameters;
  return {
    scope: scopeOf(chain),
    limits: {
      transactionsMax: parameters.blockTransactionsMax,
      bytesMax: parameters.blockBytesMax,
      transactionBytesMax: parameters.transactionBytesMax,
    },
    timing: { viewTimeoutMs, viewTimeoutMsMax },
    founders: members.length,
    leaderOf: roundRobin,
  };
}

export function scopeOf({
  chainDigest,
  genesis,
}: Pick<LoadedChain, 'chainDigest' | 'genesis'>): NodeRules['scope'] {
  return { chain: chainDigest, protocol: genesis.protocol };
}
