import { MEMBERS_MAX, MEMBERS_MIN } from '#libs/membership/limits.ts';
import { OPEN_POLICY } from '#libs/membership/policy.ts';
import type { ParameterBound, ParameterValues } from '#libs/protocol/parameters.ts';
import { DEFAULT_PROTOCOL } from '#libs/protocols/default-protocol.ts';
import { FOUNDING_PROTOCOLS } from '#libs/protocols/protocols.ts';

const MIB = 1024 * 1024;

/** The bounds of blocks, as named in the section `parameters` of genesis.json. */
export const BLOCK_PARAMETERS = {
  block_bytes_max: {
    min: 1_024,
    max: 4 * MIB,
    default: 4 * MIB,
    reason: 'a block and a certificate of up to 25.6 MB must fit one 32 MiB message',
  },
  block_transactions_max: {
    min: 1,
    max: 65_536,
    default: 10_000,
    reason: 'each transaction costs a hash and a row of the database',
  },
  transaction_bytes_max: {
    min: 1,
    max: 4 * MIB,
    default: 256 * 1024,
    reason: 'a transaction must fit a block',
  },
} as const satisfies Readonly<Record<string, ParameterBound>>;

/**
 * Numbers of protocols that stand in the section `parameters`, where version 1 has their places. All others of a protocol stand
 * in `protocol_parameters`.
 */
export const PLACED_PARAMETERS: readonly string[] = ['view_timeout_ms', 'view_timeout_ms_max'];

/**
 * The numbers of the section `membership` of genesis.json: the limits that a federation sets itself (FED-02 to
 * FED-07).
 */
export const MEMBERSHIP_PARAMETERS = {
  members_min: {
    min: MEMBERS_MIN,
    max: MEMBERS_MAX,
    default: OPEN_POLICY.membersMin,
    reason: 'fewer than four members cannot bear one that lies',
  },
  members_max: {
    min: MEMBERS_MIN,
    max: MEMBERS_MAX,
    default: OPEN_POLICY.membersMax,
    reason: 'the engine is built for 512',
  },
  step: {
    min: 1,
    max: MEMBERS_MAX,
    default: OPEN_POLICY.step,
    reason: 'the number of members is a multiple of it',
  },
  growth_max: {
    min: 1,
    max: MEMBERS_MAX,
    default: OPEN_POLICY.growthMax,
    reason: 'by so many members one change may make the federation grow',
  },
  epoch_blocks_min: {
    min: 1,
    max: 1_000_000_000,
    default: OPEN_POLICY.epochBlocksMin,
    reason: 'an epoch ends after at least one block',
  },
} as const satisfies Readonly<Record<string, ParameterBound>>;

export type MembershipParameterName = keyof typeof MEMBERSHIP_PARAMETERS;

export type BlockParameterName = keyof typeof BLOCK_PARAMETERS;

/** The section `parameters` of a genesis whose protocol is the default one, with the default of every number. */
export function defaultGenesisParameters(): ParameterValues {
  const own = FOUNDING_PROTOCOLS.get(DEFAULT_PROTOCOL)?.parameters.bounds ?? {};
  const placed = Object.entries(own).filter(([name]) => PLACED_PARAMETERS.includes(name));
  const all = [...placed, ...Object.entries(BLOCK_PARAMETERS)];
  return Object.fromEntries(all.map(([name, bound]) => [name, bound.default]));
}
