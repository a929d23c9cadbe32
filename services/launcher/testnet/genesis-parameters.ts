import type { ParameterValues } from '#libs/protocol/parameters.ts';
import type { VotePath } from '#libs/protocol/vote-path.ts';
import { VOTE_PATH_PARAMETER, VOTE_PATHS } from '#libs/protocol/vote-path.ts';
import type { Genesis } from '#libs/settings/genesis.ts';
import { BLOCK_PARAMETERS } from '#libs/settings/genesis-parameters.ts';
import { measureSignatureCost } from '../adapters/signature-cost.ts';
import { decisionVotesOf, hasVotePath } from '../core/decision-votes.ts';
import { commitFloorMs } from '../core/floor.ts';
import { votePathFor } from '../core/new-vote-path.ts';
import { viewTimeoutsFor } from '../core/view-timeout.ts';
import { invalidInput } from '../words/errors.ts';

export interface ParametersInput {
  readonly protocol: string;
  readonly scheme: string;
  readonly members: number;
  /** Cores of all machines that the members run on. */
  readonly cores: number;
  /** Undefined: that of a new federation of this size. */
  readonly votePath?: VotePath | undefined;
}

/** The part of a genesis that is measured. */
export type MeasuredParameters = Pick<Genesis, 'parameters' | 'protocolParameters'>;

/**
 * Timeouts from the cost of the scheme's signatures on this machine, and the way of votes; bounds as everywhere.
 * @throws AppError for a way of votes where the protocol has one way alone.
 */
export async function genesisParametersFor(input: ParametersInput): Promise<MeasuredParameters> {
  const cost = await measureSignatureCost(input.scheme, { samplesMin: 1, budgetMs: 0 });
  const way = votePathParameter(input);
  const votes = decisionVotesOf({ protocol: input.protocol, protocolParameters: way });
  const { viewTimeoutMs, viewTimeoutMsMax } = viewTimeoutsFor(commitFloorMs({ ...cost, ...input, votes }));
  return {
    parameters: {
      blockBytesMax: BLOCK_PARAMETERS.block_bytes_max.default,
      blockTransactionsMax: BLOCK_PARAMETERS.block_transactions_max.default,
      transactionBytesMax: BLOCK_PARAMETERS.transaction_bytes_max.default,
    },
    protocolParameters: {
      view_timeout_ms: viewTimeoutMs,
      view_timeout_ms_max: viewTimeoutMsMax,
      ...way,
    },
  };
}

/** The number of the way of votes where a genesis says it. */
function votePathParameter({ protocol, members, votePath }: ParametersInput): ParameterValues {
  if (!hasVotePath(protocol)) {
    if (votePath === undefined) return {};
    throw invalidInput(`--vote-path ${votePath}: the votes of ${protocol} go to all; leave it out`);
  }
  const value = VOTE_PATHS.indexOf(votePath ?? votePathFor(members));
  return value === 0 ? {} : { [VOTE_PATH_PARAMETER]: value };
}
