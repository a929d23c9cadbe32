import { Encoder } from '#libs/bytes/encoder.ts';
import { toHex } from '#libs/bytes/hex.ts';
import { digestOf } from '#libs/chain/digest.ts';
import type { Digest } from '#libs/chain/ids.ts';
import { type MembershipPolicy, OPEN_POLICY } from '#libs/membership/policy.ts';
import { GATEWAY_KEY_BYTES } from '#libs/membership/roster.ts';
import { encodeBase64 } from './base64.ts';
import type { MembershipParameterName } from './genesis-parameters.ts';

/** Bounds and sizes that all members must share. */
export interface GenesisParameters {
  /** Time for the first try of a view, in milliseconds. */
  readonly viewTimeoutMs: number;
  /** Where the growing timeout of failed views stops, in milliseconds. */
  readonly viewTimeoutMsMax: number;
  readonly blockBytesMax: number;
  readonly blockTransactionsMax: number;
  readonly transactionBytesMax: number;
}

/** One founding member. Its position in the list is its member index. */
export interface GenesisMember {
  readonly name: string;
  /** The consensus key in the encoding of the scheme. */
  readonly consensusPublicKey: Uint8Array;
  /** Raw Ed25519, 32 bytes: the libp2p identity. */
  readonly gatewayPublicKey: Uint8Array;
  readonly weight: bigint;
}

/** The facts that all members agree on before the first block. Made by `parseGenesis` alone, so always valid. */
export interface Genesis {
  readonly version: 1;
  /** Names the chain to people, and is the network's token in NATS subjects. */
  readonly chainId: string;
  readonly protocol: 'hotstuff';
  /** Signature scheme of the consensus keys. */
  readonly scheme: string;
  /** Milliseconds since 1970: the timestamp of the genesis block. */
  readonly genesisTimeMs: bigint;
  /** Whether one member may weigh more than may be faulty: then it alone can stall the chain. */
  readonly allowDominantMember: boolean;
  readonly parameters: GenesisParameters;
  /** Sizes and steps of the federation over its changes. */
  readonly membership: MembershipPolicy;
  readonly members: readonly GenesisMember[];
}

const GENESIS_TAG = 'btcfed/genesis/v1';
const MEMBERSHIP_TAG = 'btcfed/membership-policy/v1';
const CHAIN_TAG_HEX_DIGITS = 16;

/** Canonical bytes of a genesis: the input of the chain digest. Vectors: test/vectors/genesis.json. */
/** A policy that allows all that the engine can do is left out: so was every genesis before there were policies. */
export function genesisBytes(genesis: Genesis): Uint8Array {
  const { parameters, members, membership } = genesis;
  const encoder = new Encoder()
    .text(GENESIS_TAG)
    .u32(genesis.version)
    .text(genesis.chainId)
    .text(genesis.protocol)
    .text(genesis.scheme)
    .u64(genesis.genesisTimeMs)
    .u32(genesis.allowDominantMember ? 1 : 0)
    .u32(parameters.viewTimeoutMs)
    .u32(parameters.viewTimeoutMsMax)
    .u32(parameters.blockBytesMax)
    .u32(parameters.blockTransactionsMax)
    .u32(parameters.transactionBytesMax)
    .u32(members.length);
  for (const member of members) {
    encoder
      .text(member.name)
      .prefixed(member.consensusPublicKey)
      .fixed(member.gatewayPublicKey, GATEWAY_KEY_BYTES)
      .u64(member.weight);
  }
  if (isOpen(membership)) return encoder.finish();
  return encoder
    .text(MEMBERSHIP_TAG)
    .u32(membership.membersMin)
    .u32(membership.membersMax)
    .u32(membership.step)
    .u32(membership.growthMax)
    .u32(membership.epochBlocksMin)
    .finish();
}

function isOpen(policy: MembershipPolicy): boolean {
  const names = Object.keys(OPEN_POLICY) as (keyof MembershipPolicy)[];
  return names.every((name) => policy[name] === OPEN_POLICY[name]);
}

/** SHA-256 of the canonical bytes: binds every signature to this chain. How the file is laid out does not matter. */
export function genesisDigest(genesis: Genesis): Digest {
  return digestOf(genesisBytes(genesis));
}

/** The first 8 bytes of the chain digest, as 16 hex digits: tells chains apart where 32 bytes are too many. */
export function chainTag(digest: Digest): string {
  return digest.slice(0, CHAIN_TAG_HEX_DIGITS);
}

/** genesis.json of a genesis: `parseGenesis` reads it back to the same digest. */
export function genesisText(genesis: Genesis): string {
  const { parameters, membership } = genesis;
  const file = {
    version: genesis.version,
    chain_id: genesis.chainId,
    protocol: genesis.protocol,
    scheme: genesis.scheme,
    genesis_time_ms: Number(genesis.genesisTimeMs),
    ...(genesis.allowDominantMember ? { allow_dominant_member: true } : {}),
    parameters: {
      view_timeout_ms: parameters.viewTimeoutMs,
      view_timeout_ms_max: parameters.viewTimeoutMsMax,
      block_bytes_max: parameters.blockBytesMax,
      block_transactions_max: parameters.blockTransactionsMax,
      transaction_bytes_max: parameters.transactionBytesMax,
    },
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
