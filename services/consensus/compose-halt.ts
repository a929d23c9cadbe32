import { toHeight } from '#libs/chain/ids.ts';
import { HaltHeight } from '#libs/engine/ports/halt-height.ts';
import { AppError } from '#libs/errors/app-error.ts';
import type { LoadedChain } from './adapters/load-chain.ts';
import type { ConsensusConfig } from './config.ts';
import { haltHeightFault } from './core/halt-words.ts';

/**
 * The height behind which this member stops, as it was started.
 *
 * @throws AppError for one that is passed.
 */
export function haltHeightOf(
  { CONSENSUS_HALT_AT_HEIGHT: height }: Pick<ConsensusConfig, 'CONSENSUS_HALT_AT_HEIGHT'>,
  { store, snapshots }: Pick<LoadedChain, 'store' | 'snapshots'>,
): HaltHeight {
  if (height === undefined) return new HaltHeight();
  const fault = haltHeightFault(height, store.tip().header.height);
  if (fault !== undefined) throw new AppError(fault, { code: 'CONSENSUS_HALT_HEIGHT_PASSED' });
  // A snapshot that was begun would lead over it.
  if ((snapshots.staged()?.block.header.height ?? 0n) > height) snapshots.unstage();
  return new HaltHeight(toHeight(height));
}
