import { SignerError } from '../words/errors.ts';

/** A client asks for more than its rate. */
export function overQuota(sentence: string): SignerError {
  return new SignerError(sentence, { code: 'SIGNER_OVERLOADED', waiting: 0 });
}

/** A client asks for what is not in the matrix. */
export function notAllowed(sentence: string): SignerError {
  return new SignerError(sentence, { code: 'SIGNER_NOT_ALLOWED' });
}
