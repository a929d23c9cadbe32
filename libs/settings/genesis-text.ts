import { toHex } from '#libs/bytes/hex.ts';
import { type MemberKey, purposeName } from '#libs/membership/member-keys.ts';
import type { MembershipPolicy } from '#libs/membership/policy.ts';
import { shownParameters } from '#libs/protocol/parameter-words.ts';
import { FOUNDING_PROTOCOLS } from '#libs/protocols/protocols.ts';
import { encodeBase64 } from './base64.ts';
import type { Genesis } from './genesis.ts';
import type { MembershipParameterName } from './genesis-parameters.ts';
import { isOpen, protocolNumbers } from './genesis-sections.ts';

/** genesis.json of a genesis: `parseGenesis` reads it back to the same digest. */
export function genesisText(genesis: Genesis): string {
  const { parameters, membership } = genesis;
  const others = protocolNumbers(genesis, false);
  const bounds = FOUNDING_PROTOCOLS.get(genesis.protocol)?.parameters.bounds;
  const file = {
    version: genesis.version,
    chain_id: genesis.chainId,
    protocol: genesis.protocol,
    ...(genesis.protocolVersion === undefined ? {} : { protocol_version: genesis.protocolVersion }),
    ...(genesis.application === undefined ? {} : { application: genesis.application }),
    ...(genesis.transport === undefined ? {} : { transport: genesis.transport }),
    scheme: genesis.scheme,
    genesis_time_ms: Number(genesis.genesisTimeMs),
    ...(genesis.allowDominantMember ? { allow_dominant_member: true } : {}),
    parameters: {
      ...Object.fromEntries(protocolNumbers(genesis, true)),
      block_bytes_max: parameters.blockBytesMax,
      block_transactions_max: parameters.blockTransactionsMax,
      transaction_bytes_max: parameters.transactionBytesMax,
    },
    ...(others.length === 0
      ? {}
      : { protocol_parameters: shownParameters(bounds, Object.fromEntries(others)) }),
    ...(isOpen(membership) ? {} : { membership: membershipText(membership) }),
    members: genesis.members.map((member) => ({
      name: member.name,
      consensus_public_key: toHex(member.consensusPublicKey),
      gateway_public_key: encodeBase64(member.gatewayPublicKey),
      weight: Number(member.weight),
      ...(member.keys === undefined ? {} : { keys: member.keys.map(keyText) }),
    })),
  };
  return `${JSON.stringify(file, undefined, 2)}\n`;
}

/** A further key of a member, as genesis.json and member.json say it. */
export function keyText({ purpose, scheme, publicKey, proof }: MemberKey): Readonly<Record<string, string>> {
  return { purpose: purposeName(purpose), scheme, public_key: toHex(publicKey), proof: toHex(proof) };
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
