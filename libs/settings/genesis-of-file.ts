import { saidParameters } from '#libs/protocol/parameter-words.ts';
import type { ParameterValues, ProtocolParameters } from '#libs/protocol/parameters.ts';
import type { Genesis } from './genesis.ts';
import { isDefaultApplication } from './genesis-application.ts';
import { PLACED_PARAMETERS } from './genesis-parameters.ts';
import type { GenesisFile } from './genesis-schema.ts';

/** The genesis of a file. A field that says no more than its absence does is left out. */
export function genesisOf(file: GenesisFile, protocol: ProtocolParameters): Genesis {
  const { application } = file;
  return {
    version: file.version,
    chainId: file.chain_id,
    protocol: file.protocol,
    ...(file.protocol_version === 1 ? {} : { protocolVersion: file.protocol_version }),
    ...(application === undefined || isDefaultApplication(application) ? {} : { application }),
    ...(file.transport === 'http-json' ? { transport: file.transport } : {}),
    scheme: file.scheme,
    genesisTimeMs: BigInt(file.genesis_time_ms),
    allowDominantMember: file.allow_dominant_member,
    parameters: {
      blockBytesMax: file.parameters.block_bytes_max,
      blockTransactionsMax: file.parameters.block_transactions_max,
      transactionBytesMax: file.parameters.transaction_bytes_max,
    },
    protocolParameters: protocolParametersOf(file, protocol),
    membership: {
      membersMin: file.membership.members_min,
      membersMax: file.membership.members_max,
      step: file.membership.step,
      growthMax: file.membership.growth_max,
      epochBlocksMin: file.membership.epoch_blocks_min,
    },
    members: file.members.map((member) => ({
      name: member.name,
      consensusPublicKey: member.consensus_public_key,
      gatewayPublicKey: member.gateway_public_key,
      weight: BigInt(member.weight),
      ...(member.keys.length === 0 ? {} : { keys: member.keys }),
    })),
  };
}

function protocolParametersOf(
  { parameters, protocol_parameters: others }: GenesisFile,
  { bounds }: ProtocolParameters,
): ParameterValues {
  const placed = Object.entries<number | undefined>(parameters).filter(([name]) =>
    PLACED_PARAMETERS.includes(name),
  );
  const given = [...placed, ...Object.entries<number | undefined>(others)].flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return saidParameters(bounds, Object.fromEntries(given));
}
