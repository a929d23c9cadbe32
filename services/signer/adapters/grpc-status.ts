import { status } from '@grpc/grpc-js';
import type { SignerErrorDetail } from '../core/errors.ts';

/** Adding a code without saying its status does not compile. */
export const SIGNER_STATUS = {
  SIGNER_CONFLICTING_SLOT: status.FAILED_PRECONDITION,
  SIGNER_STALE_SLOT: status.FAILED_PRECONDITION,
  SIGNER_WRONG_EPOCH: status.FAILED_PRECONDITION,
  SIGNER_WRONG_CHAIN: status.FAILED_PRECONDITION,
  SIGNER_MALFORMED: status.INVALID_ARGUMENT,
  SIGNER_OVERLOADED: status.RESOURCE_EXHAUSTED,
  SIGNER_NOT_ALLOWED: status.PERMISSION_DENIED,
  SIGNER_UNAVAILABLE: status.UNAVAILABLE,
} as const satisfies Record<SignerErrorDetail['code'], status>;
