import type { CryptoError } from '#libs/crypto/errors.ts';
import { SignerError } from '../words/errors.ts';

const TRUST =
  'Move the key to a machine that you trust; if you trust this one after all, "btcfed signer unlock" lets it sign again';

/** Requests to a locked key are not judged at all, so they may be repeated. */
export function lockedError(cause?: Error): SignerError {
  const why = cause === undefined ? '' : `: ${cause.message}`;
  const message = `the key is locked${why}: its operator opens it with "btcfed signer unlock"`;
  return new SignerError(message, { code: 'SIGNER_LOCKED' }, { cause });
}

/** The answer to the request whose signature was wrong. */
export function faultError(cause: CryptoError): SignerError {
  return new SignerError(`${cause.message}. ${TRUST}`, { code: 'SIGNER_FAULT_DETECTED' }, { cause });
}

/** Nothing is signed until the operator trusts this machine again. */
export function latchedError(reason: string): SignerError {
  return new SignerError(`nothing is signed since a fault: ${reason}. ${TRUST}`, { code: 'SIGNER_LATCHED' });
}
