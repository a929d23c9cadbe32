import { AppError } from '#libs/errors/app-error.ts';

/**
 * The code with which a service refused a call, such as `CONSENSUS_HALTED`: the tables of the services' READMEs say
 * what it asks for. Undefined for all other failures, so also for a call that never arrived.
 */
export function errorCodeOf(error: unknown): string | undefined {
  if (!(error instanceof AppError) || !('errorCode' in error.detail)) return undefined;
  return typeof error.detail.errorCode === 'string' ? error.detail.errorCode : undefined;
}
