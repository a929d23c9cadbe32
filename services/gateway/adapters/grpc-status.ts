import { status } from '@grpc/grpc-js';
import type { GatewayErrorDetail } from '../core/errors.ts';

/** A code without a status does not compile. */
export const GATEWAY_STATUS = {
  GATEWAY_HELLO_INVALID: status.INVALID_ARGUMENT,
  GATEWAY_REPLACED: status.FAILED_PRECONDITION,
  GATEWAY_LISTEN_FAILED: status.UNAVAILABLE,
  GATEWAY_PROTOCOL_TAKEN: status.ALREADY_EXISTS,
  GATEWAY_PROTOCOL_UNKNOWN: status.NOT_FOUND,
  GATEWAY_STARTED: status.FAILED_PRECONDITION,
  GATEWAY_CONFIG_AWAY: status.UNAVAILABLE,
  GATEWAY_IDENTITY_INVALID: status.FAILED_PRECONDITION,
} as const satisfies Record<GatewayErrorDetail['code'], status>;
