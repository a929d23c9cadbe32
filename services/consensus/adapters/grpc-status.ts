import { status } from '@grpc/grpc-js';
import type { ClientErrorCode } from '../core/client-errors.ts';

/** Adding a code without saying its status does not compile. The README has the same table for callers. */
export const CLIENT_STATUS = {
  CONSENSUS_REQUEST_INVALID: status.INVALID_ARGUMENT,
  CONSENSUS_TRANSACTION_EMPTY: status.INVALID_ARGUMENT,
  CONSENSUS_TRANSACTION_TOO_LARGE: status.INVALID_ARGUMENT,
  CONSENSUS_TRANSACTION_RESERVED: status.INVALID_ARGUMENT,
  CONSENSUS_VOTE_REFUSED: status.FAILED_PRECONDITION,
  CONSENSUS_EPOCH_UNKNOWN: status.NOT_FOUND,
  CONSENSUS_MEMPOOL_FULL: status.RESOURCE_EXHAUSTED,
  CONSENSUS_HALTED: status.FAILED_PRECONDITION,
  CONSENSUS_TRANSACTION_UNKNOWN: status.NOT_FOUND,
  CONSENSUS_BLOCK_NOT_FINAL: status.NOT_FOUND,
  CONSENSUS_HISTORY_MISSING: status.UNAVAILABLE,
  CONSENSUS_WAIT_EXPIRED: status.DEADLINE_EXCEEDED,
  CONSENSUS_TOO_MANY_WAITERS: status.RESOURCE_EXHAUSTED,
  CONSENSUS_TOO_MANY_WATCHES: status.RESOURCE_EXHAUSTED,
  CONSENSUS_WATCH_TOO_SLOW: status.RESOURCE_EXHAUSTED,
  CONSENSUS_STOPPING: status.UNAVAILABLE,
} as const satisfies Record<ClientErrorCode, status>;

/** What a caller may meet beside: the file is damaged where it asked, and this member halts. */
export const API_STATUS = { ...CLIENT_STATUS, CHAIN_STORE_CORRUPT: status.DATA_LOSS } as const;
