import { AppError } from '#libs/errors/app-error.ts';
import { ipBytes } from './ip-bytes.ts';

interface PkiErrorDetail {
  readonly code: 'PKI_INVALID_REQUEST';
  readonly field: string;
}

/** A certificate was asked for that nobody could use. */
export class PkiError extends AppError<PkiErrorDetail> {
  override readonly name = 'PkiError';
}

/** Upper bound of X.520 for a common name. */
const COMMON_NAME_LENGTH_MAX = 64;
const DAYS_MAX = 36_500;
const DNS_NAME = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i;
const URI = /^[a-z][a-z0-9+.-]*:\/\/[\w.~:/@-]{1,1000}$/;

export function checkCommonName(name: string): void {
  if (name === '' || name.length > COMMON_NAME_LENGTH_MAX) {
    throw refusedField('commonName', `expected 1 to ${COMMON_NAME_LENGTH_MAX} characters`);
  }
}

export function checkDays(days: number): void {
  if (!Number.isInteger(days) || days < 1 || days > DAYS_MAX) {
    throw refusedField('days', `expected a whole number from 1 to ${DAYS_MAX}`);
  }
}

export function checkedDnsName(name: string): string {
  if (!DNS_NAME.test(name)) throw refusedField('dnsNames', `${JSON.stringify(name)} is no host name`);
  return name;
}

/** A URI with a scheme and without characters that need escaping: mostly a SPIFFE id. */
export function checkedUri(uri: string): string {
  if (!URI.test(uri)) throw refusedField('uris', `${JSON.stringify(uri)} is no URI`);
  return uri;
}

export function checkedIpBytes(text: string): Buffer {
  const bytes = ipBytes(text);
  if (bytes === undefined) throw refusedField('ipAddresses', `${JSON.stringify(text)} is no IP address`);
  return bytes;
}

/** The error for a field that no certificate can have. */
export function refusedField(field: string, reason: string): PkiError {
  return new PkiError(`certificate refused: ${field}: ${reason}`, { code: 'PKI_INVALID_REQUEST', field });
}
