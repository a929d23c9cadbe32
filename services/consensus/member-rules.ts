import { assert } from '#libs/assert/assert.ts';
import type { NodeRules } from '#libs/engine/node-ports.ts';
import type { HostedProtocol } from '#libs/protocol/hosting/hosted-protocol.ts';
import type { ProtocolTerms } from '#libs/protocol/parameters.ts';
import { hostedProtocolOf } from '#libs/protocols/hosted-protocols.ts';
import { timingOf } from '#libs/protocols/protocols.ts';
import type { LoadedChain } from './adapters/load-chain.ts';

/** The rules that the genesis fixes for this chain, as the node takes them. */
export function rulesOf(chain: LoadedChain): NodeRules {
  const { parameters, members } = chain.genesis;
  return {
    chain: chain.chainDigest,
    protocolOf: protocolIn,
    limits: {
      transactionsMax: parameters.blockTransactionsMax,
      bytesMax: parameters.blockBytesMax,
      transactionBytesMax: parameters.transactionBytesMax,
    },
    timingOf: ({ protocol, parameters: values }) => timingOf(protocol, values),
    founders: members.length,
  };
}

/** The protocol of an epoch. @throws for terms that were never judged: this version has no such protocol. */
export function protocolIn({ protocol }: Pick<ProtocolTerms, 'protocol'>): HostedProtocol {
  const hosted = hostedProtocolOf(protocol);
  assert(hosted !== undefined, `this version has no protocol ${protocol}`);
  return hosted;
}
