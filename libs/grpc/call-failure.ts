import type { Metadata, status } from '@grpc/grpc-js';

/** The way in which grpc-js reports that a call failed. */
export interface CallFailure {
  readonly code: status;
  readonly details: string;
  readonly metadata?: Metadata;
}
