import { toHex } from '#libs/bytes/hex.ts';
import type { MembershipPolicy } from '#libs/membership/policy.ts';
import { encodeBase64 } from './base64.ts';
import { type Genesis, isOpen, protocolNumbers } from './genesis.ts';
import type { MembershipParameterName } from './genesis-parameters.ts';

/** genesis.json of a genesis: `parseGenesis` reads it back to the same digest. */
export function genesisText(genesis: Genesis): string {
  const { parameters, membership } = genesis;
  const others = protocolNumbers(genesis, false);
  const file = {
    version: genesis.version,
    chain_id: genesis.chainId,
    protocol: genesis.protocol,
    scheme: genesis.scheme,
    genesis_time_ms: Number(genesis.genesisTimeMs),
    ...(genesis.allowDominantMember ? { allow_dominant_member: true } : {}),
    parameters: {
      ...Object.fromEntries(protocolNumbers(genesis, true)),
      block_bytes_max: parameters.blockBytesMax,
      block_transactions_max: parameters.blockTransactionsMax,
      transaction_bytes_max: parameters.transactionBytesMax,
    },
    ...(others.length === 0 ? {} : { protocol_parameters: Object.fromEntries(others) }),
    ...(isOpen(membership) ? {} : { membership: membershipText(membership) }),
    members: genesis.members.map((member) => ({
      name: member.name,
      consensus_public_key: toHex(member.consensusPublicKey),
      gateway_public_key: encodeBase64(member.gatewayPublicKey),
      weight: Number(member.weight),
    })),
  };
  return `${JSON.stringify(file, undefined, 2)}\n`;
}

function membershipText(policy: MembershipPolicy): Record<MembershipParameterName, number> {
  return {
    members_min: policy.membersMin,
    members_max: policy.membersMax,
    step: policy.step,
    growth_max: policy.growthMax,
    epoch_blocks_min: policy.epochBlocksMin,
  };
}
