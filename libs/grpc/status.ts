import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { AppError, type ErrorDetail } from '#libs/errors/app-error.ts';

/** Metadata that carries the code of an AppError to the caller. */
export const ERROR_CODE_KEY = 'btcfed-error-code';

export type StatusName = keyof typeof status;

/** gRPC status of each error code of a service, by number or by name. */
export type StatusByCode = Readonly<Record<string, status | StatusName>>;

/**
 * Turns the error that a handler threw into the error that the caller may see. A foreseen error keeps its code and
 * its message; any other becomes INTERNAL with no text, because its message may hold a secret.
 */
export function toServiceError(error: unknown, statusByCode: StatusByCode): ServiceError {
  if (!(error instanceof AppError)) return serviceError(status.INTERNAL, 'internal error');
  const metadata = new Metadata();
  const { code, trailer = {} }: ErrorDetail = error.detail;
  metadata.set(ERROR_CODE_KEY, code);
  for (const [key, value] of Object.entries(trailer)) metadata.set(key, value);
  return serviceError(statusNumber(statusByCode[code]), error.message, metadata);
}

/** A refusal with the code that callers branch on, `btcfed-error-code`. */
export interface CodedRefusal {
  readonly status: status;
  readonly errorCode: string;
  readonly details: string;
}

export function codedError({ status: code, errorCode, details }: CodedRefusal): ServiceError {
  const metadata = new Metadata();
  metadata.set(ERROR_CODE_KEY, errorCode);
  return serviceError(code, details, metadata);
}

/** An error that grpc-js sends as this status. */
export function serviceError(code: status, details: string, metadata = new Metadata()): ServiceError {
  return Object.assign(new Error(details), { code, details, metadata });
}

function statusNumber(known: status | StatusName | undefined): status {
  if (known === undefined) return status.UNKNOWN;
  return typeof known === 'number' ? known : status[known];
}
