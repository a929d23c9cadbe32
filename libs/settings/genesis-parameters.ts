import { MEMBERS_MAX, MEMBERS_MIN } from '#libs/membership/limits.ts';
import { OPEN_POLICY } from '#libs/membership/policy.ts';

/** One number of the `parameters` of genesis.json: its bounds, and why they are where they are. */
export interface ParameterBound {
  readonly min: number;
  readonly max: number;
  readonly default: number;
  /** The reason that is told to a person whose value is refused. */
  readonly reason: string;
}

const MIB = 1024 * 1024;

/** The numbers that all members must share, as named in genesis.json. */
export const GENESIS_PARAMETERS = {
  view_timeout_ms: {
    min: 100,
    max: 600_000,
    default: 4_000,
    reason:
      'a view needs four signatures and as many verifications; beyond ten minutes a dead leader stalls all',
  },
  view_timeout_ms_max: {
    min: 100,
    max: 3_600_000,
    default: 60_000,
    reason: 'waiting longer than an hour for one view does not help any network',
  },
  block_bytes_max: {
    min: 1_024,
    max: 4 * MIB,
    default: MIB,
    reason: 'a block and a certificate of up to 10 MB must fit one 16 MiB message',
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

export type GenesisParameterName = keyof typeof GENESIS_PARAMETERS;

/** The parameters of a federation on one machine or one network, as genesis.json names them. */
export function defaultGenesisParameters(): Record<GenesisParameterName, number> {
  return {
    view_timeout_ms: GENESIS_PARAMETERS.view_timeout_ms.default,
    view_timeout_ms_max: GENESIS_PARAMETERS.view_timeout_ms_max.default,
    block_bytes_max: GENESIS_PARAMETERS.block_bytes_max.default,
    block_transactions_max: GENESIS_PARAMETERS.block_transactions_max.default,
    transaction_bytes_max: GENESIS_PARAMETERS.transaction_bytes_max.default,
  };
}
