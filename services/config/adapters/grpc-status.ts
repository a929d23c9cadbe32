import { status } from '@grpc/grpc-js';
import type { RequestErrorDetail } from '../core/errors.ts';

/** Adding a code without saying its status does not compile. */
export const CONFIG_STATUS = {
  CONFIG_REQUEST_INVALID: status.INVALID_ARGUMENT,
  CONFIG_PEER_UNKNOWN: status.NOT_FOUND,
} as const satisfies Record<RequestErrorDetail['code'], status>;
