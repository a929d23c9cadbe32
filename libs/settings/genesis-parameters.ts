/** One number of the `parameters` of genesis.json: its bounds, and why they are where they are. */
export interface ParameterBound {
  readonly min: number;
  readonly max: number;
  readonly default: number;
  /** Said to the person whose value is refused. */
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
