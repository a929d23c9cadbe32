import type { VotePath } from '#libs/protocol/vote-path.ts';
import { VOTE_PATH_PARAMETER, VOTE_PATHS } from '#libs/protocol/vote-path.ts';
import type { Genesis } from '#libs/settings/genesis.ts';
import { BLOCK_PARAMETERS } from '#libs/settings/genesis-parameters.ts';
import { measureSignatureCost } from '../adapters/signature-cost.ts';
import { commitFloorMs } from '../core/floor.ts';
import { votePathFor } from '../core/new-vote-path.ts';
import { viewTimeoutsFor } from '../core/view-timeout.ts';

export interface ParametersInput {
  readonly scheme: string;
  readonly members: number;
  /** Cores of all machines that the members run on. */
  readonly cores: number;
  /** Undefined: that of a new federation of this size. */
  readonly votePath?: VotePath | undefined;
}

/** The part of a genesis that is measured. */
export type MeasuredParameters = Pick<Genesis, 'parameters' | 'protocolParameters'>;

/** Timeouts from the cost of the scheme's signatures on this machine, and the way of votes; bounds as everywhere. */
export async function genesisParametersFor(input: ParametersInput): Promise<MeasuredParameters> {
  const cost = await measureSignatureCost(input.scheme, { samplesMin: 1, budgetMs: 0 });
  const { viewTimeoutMs, viewTimeoutMsMax } = viewTimeoutsFor(commitFloorMs({ ...cost, ...input }));
  const votePath = VOTE_PATHS.indexOf(input.votePath ?? votePathFor(input.members));
  return {
    parameters: {
      blockBytesMax: BLOCK_PARAMETERS.block_bytes_max.default,
      blockTransactionsMax: BLOCK_PARAMETERS.block_transactions_max.default,
      transactionBytesMax: BLOCK_PARAMETERS.transaction_bytes_max.default,
    },
    protocolParameters: {
      view_timeout_ms: viewTimeoutMs,
      view_timeout_ms_max: viewTimeoutMsMax,
      ...(votePath === 0 ? {} : { [VOTE_PATH_PARAMETER]: votePath }),
    },
  };
}
