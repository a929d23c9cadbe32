import type { GenesisParameters } from '#libs/settings/genesis.ts';
import { GENESIS_PARAMETERS } from '#libs/settings/genesis-parameters.ts';
import { measureSignatureCost } from '../adapters/signature-cost.ts';
import { commitFloorMs } from '../core/floor.ts';
import { viewTimeoutsFor } from '../core/view-timeout.ts';

export interface ParametersInput {
  readonly scheme: string;
  readonly members: number;
  /** Cores of all machines that the members run on. */
  readonly cores: number;
}

/** Timeouts from the cost of the scheme's signatures on this machine; bounds as everywhere. */
export async function genesisParametersFor(input: ParametersInput): Promise<GenesisParameters> {
  const cost = await measureSignatureCost(input.scheme, { samplesMin: 1, budgetMs: 0 });
  return {
    ...viewTimeoutsFor(commitFloorMs({ ...cost, ...input })),
    blockBytesMax: GENESIS_PARAMETERS.block_bytes_max.default,
    blockTransactionsMax: GENESIS_PARAMETERS.block_transactions_max.default,
    transactionBytesMax: GENESIS_PARAMETERS.transaction_bytes_max.default,
  };
}
