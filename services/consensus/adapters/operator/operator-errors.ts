import { status } from '@grpc/grpc-js';
import { AppError } from '#libs/errors/app-error.ts';

/** Everything that the operator is refused, and why. */
export interface OperatorErrorDetail {
  /** The height to stop behind is below the newest final one, or none. */
  readonly code: 'OPERATOR_HEIGHT_INVALID';
}

export class OperatorError extends AppError<OperatorErrorDetail> {
  override readonly name = 'OperatorError';
}

/** Adding a code without saying its status does not compile. */
export const OPERATOR_STATUS = {
  OPERATOR_HEIGHT_INVALID: status.FAILED_PRECONDITION,
} as const satisfies Record<OperatorErrorDetail['code'], status>;
