import { Encoder } from '#libs/bytes/encoder.ts';
import { digestOf } from '#libs/chain/digest.ts';
import type { Digest } from '#libs/chain/ids.ts';
import type { MemberKey } from '#libs/membership/member-keys.ts';
import type { MembershipPolicy } from '#libs/membership/policy.ts';
import { GATEWAY_KEY_BYTES } from '#libs/membership/roster.ts';
import type { NamedApplication } from '#libs/membership/term-sections.ts';
import type { ParameterValues } from '#libs/protocol/parameters.ts';
import { putSections } from './genesis-sections.ts';

/** Bounds of blocks, which all members must share. */
export interface GenesisParameters {
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
  /** Its further keys, purposes ascending; left out where it has none. */
  readonly keys?: readonly MemberKey[];
}

/** The facts that all members agree on before the first block. Made by `parseGenesis` alone, so always valid. */
export interface Genesis {
  readonly version: 1;
  /** Names the chain to people, and is the network's token in NATS subjects. */
  readonly chainId: string;
  /** A protocol of the registry. */
  readonly protocol: string;
  /** Version of the protocol; left out for the first. */
  readonly protocolVersion?: number;
  /** Left out for the log without numbers. */
  readonly application?: NamedApplication;
  /** How members reach each other; left out for libp2p. */
  readonly transport?: 'http-json';
  /** Signature scheme of the consensus keys. */
  readonly scheme: string;
  /** Milliseconds since 1970: the timestamp of the genesis block. */
  readonly genesisTimeMs: bigint;
  /** Whether one member may weigh more than may be faulty: then it alone can stall the chain. */
  readonly allowDominantMember: boolean;
  readonly parameters: GenesisParameters;
  /** Every number of the protocol, by its name in the file. */
  readonly protocolParameters: ParameterValues;
  /** Sizes and steps of the federation over its changes. */
  readonly membership: MembershipPolicy;
  readonly members: readonly GenesisMember[];
}

const GENESIS_TAG = 'btcfed/genesis/v1';
const CHAIN_TAG_HEX_DIGITS = 16;

/**
 * Canonical bytes of a genesis: the input of the chain digest. A section that says nothing new is left out: a policy that allows all
 * that the engine can do, a protocol without numbers of its own, the first version of it, the log, and members with two keys each.
 * Vectors: test/vectors/genesis.json, genesis-sections.json, genesis-terms.json.
 */
export function genesisBytes(genesis: Genesis): Uint8Array {
  const { parameters, members, protocolParameters } = genesis;
  const encoder = new Encoder()
    .text(GENESIS_TAG)
    .u32(genesis.version)
    .text(genesis.chainId)
    .text(genesis.protocol)
    .text(genesis.scheme)
    .u64(genesis.genesisTimeMs)
    .u32(genesis.allowDominantMember ? 1 : 0)
    .u32(protocolParameters['view_timeout_ms'] ?? 0)
    .u32(protocolParameters['view_timeout_ms_max'] ?? 0)
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
  return putSections(encoder, genesis).finish();
}

/** SHA-256 of the canonical bytes: binds every signature to this chain. How the file is laid out does not matter. */
export function genesisDigest(genesis: Genesis): Digest {
  return digestOf(genesisBytes(genesis));
}

/** The first 8 bytes of the chain digest, as 16 hex digits: tells chains apart where 32 bytes are too many. */
export function chainTag(digest: Digest): string {
  return digest.slice(0, CHAIN_TAG_HEX_DIGITS);
}
