import type { z } from 'zod';
import { sizeFault } from '#libs/membership/policy.ts';
import { quorumOf } from '#libs/protocol/quorum.ts';
import { encodeBase64 } from './base64.ts';
import type { Genesis, GenesisMember } from './genesis.ts';
import { type GenesisFile, genesisSchema } from './genesis-schema.ts';
import { GENESIS_TEXT_BYTES_MAX } from './limits.ts';
import { type PublicKeySizes, SLH_DSA_PUBLIC_KEY_SIZES } from './schemes.ts';
import { SettingsError } from './settings-error.ts';

/**
 * Reads genesis.json. Strict: an unknown key is an error, because members that read a file differently would part at
 * the first block.
 *
 * @throws SettingsError GENESIS_INVALID, with the path of the key, its fault and the remedy.
 */
export function parseGenesis(
  text: string,
  publicKeySizes: PublicKeySizes = SLH_DSA_PUBLIC_KEY_SIZES,
): Genesis {
  if (Buffer.byteLength(text) > GENESIS_TEXT_BYTES_MAX) {
    throw invalid(`file is larger than ${GENESIS_TEXT_BYTES_MAX} bytes`);
  }
  const result = genesisSchema.safeParse(parseJson(text));
  if (!result.success) throw invalid(describe(result.error.issues));
  const genesis = genesisOf(result.data);
  checkMembers(genesis, publicKeySizes);
  return genesis;
}

function genesisOf(file: GenesisFile): Genesis {
  return {
    version: file.version,
    chainId: file.chain_id,
    protocol: file.protocol,
    scheme: file.scheme,
    genesisTimeMs: BigInt(file.genesis_time_ms),
    allowDominantMember: file.allow_dominant_member,
    parameters: {
      viewTimeoutMs: file.parameters.view_timeout_ms,
      viewTimeoutMsMax: file.parameters.view_timeout_ms_max,
      blockBytesMax: file.parameters.block_bytes_max,
      blockTransactionsMax: file.parameters.block_transactions_max,
      transactionBytesMax: file.parameters.transaction_bytes_max,
    },
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
    })),
  };
}

/** Checks of several fields together: key lengths of the scheme, uniqueness, and weights against the total. */
function checkMembers(
  { scheme, members, membership, allowDominantMember }: Genesis,
  publicKeySizes: PublicKeySizes,
): void {
  const keyBytes = publicKeySizes.get(scheme);
  if (keyBytes === undefined) {
    throw invalid(
      `scheme: unknown scheme ${quote(scheme)}; use one of ${[...publicKeySizes.keys()].join(', ')}`,
    );
  }
  const size = sizeFault(members.length, membership);
  if (size !== undefined) throw invalid(`members: ${size}; see the section membership`);
  for (const [index, { consensusPublicKey }] of members.entries()) {
    if (consensusPublicKey.length === keyBytes) continue;
    throw invalid(
      `members[${index}].consensus_public_key: ${scheme} keys have ${keyBytes} bytes, got ${consensusPublicKey.length}`,
    );
  }
  checkUnique(members, 'name', ({ name }) => name);
  checkUnique(members, 'consensus_public_key', (member) => encodeBase64(member.consensusPublicKey));
  checkUnique(members, 'gateway_public_key', (member) => encodeBase64(member.gatewayPublicKey));
  if (!allowDominantMember) checkWeights(members);
}

function checkUnique(
  members: readonly GenesisMember[],
  field: string,
  keyOf: (member: GenesisMember) => string,
): void {
  const seen = new Map<string, number>();
  for (const [index, member] of members.entries()) {
    const first = seen.get(keyOf(member));
    if (first !== undefined) {
      throw invalid(`members[${index}].${field}: same as members[${first}]; every member needs its own`);
    }
    seen.set(keyOf(member), index);
  }
}

function checkWeights(members: readonly GenesisMember[]): void {
  const { faultyWeightMax } = quorumOf(members.reduce((sum, { weight }) => sum + weight, 0n));
  for (const [index, { name, weight }] of members.entries()) {
    if (weight <= faultyWeightMax) continue;
    throw invalid(
      `members[${index}].weight: ${name} weighs ${weight}, more than the ${faultyWeightMax} that may be faulty, ` +
        'so it alone can stall the federation; lower it, or set allow_dominant_member to true',
    );
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalid(`not JSON: ${cause instanceof Error ? cause.message : 'unreadable'}`, { cause });
  }
}

function describe(issues: readonly z.core.$ZodIssue[]): string {
  const [first] = issues;
  if (first === undefined) return 'invalid';
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : '';
  return `${pathText(first.path)}${first.message}${more}`;
}

/** `members[2].weight: `, or nothing for the file as a whole. */
function pathText(path: readonly PropertyKey[]): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return text === '' ? '' : `${text.slice(1)}: `;
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 40));
}

function invalid(problem: string, options?: ErrorOptions): SettingsError {
  return new SettingsError(`invalid genesis.json: ${problem}`, { code: 'GENESIS_INVALID' }, options);
}
