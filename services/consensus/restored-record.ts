import { ChainError } from '#libs/engine/ports/chain-errors.ts';
import { haltCauseOf } from '#libs/engine/ports/halt-cause.ts';
import type { HostedRecord } from '#libs/protocol/hosting/hosted-protocol.ts';
import type { LoadedChain } from './adapters/load-chain.ts';
import type { MemberMonitor } from './adapters/member-monitor.ts';

/** The safety record from before this start, and whether the member may vote. */
export interface RestoredRecord {
  readonly mayVote: boolean;
  readonly record: HostedRecord | undefined;
}

/** Reads the safety record. Without a sound one a member that was in use must not vote (RULES.md C.7). */
export function restoredRecord(
  { store }: Pick<LoadedChain, 'store'>,
  monitor: Pick<MemberMonitor, 'halted'>,
): RestoredRecord {
  try {
    if (store.recordState() !== 'missing') return { mayVote: true, record: store.loadRecord() };
    monitor.halted(
      'the safety record of this member is missing although its chain was in use: it may have voted for what it ' +
        'no longer knows. Restore chain.db from this very member, or give the member a new key by a membership change',
      undefined,
      'record',
    );
  } catch (error) {
    if (!(error instanceof ChainError)) throw error;
    monitor.halted(error.message, undefined, haltCauseOf(error));
  }
  return { mayVote: false, record: undefined };
}
