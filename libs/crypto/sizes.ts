import { CryptoError } from './errors.ts';
import type { SchemeSizes } from './parameter-sets.ts';

/** The fault in the size of a signature, or undefined. Costs nothing: checked before any hash (SIG-08, SIG-10). */
export function signatureSizeFault(sizes: SchemeSizes, signature: Uint8Array): string | undefined {
  if (signature.length === 0) return 'empty signature';
  if (signature.length > sizes.signature) return 'signature too large';
  return signature.length < sizes.signature ? 'signature too short' : undefined;
}

/** @throws CryptoError `CRYPTO_INVALID_SIZE`: an empty message is a mistake of ours (SIG-07). */
export function checkMessage(message: Uint8Array): void {
  if (message.length === 0) throw invalidSize('message', 1, 0, 'empty message');
}

/** The longest context (FIPS 205, section 10.2): its length is one byte of the signed text. */
export const CONTEXT_BYTES_MAX = 255;

/** @throws CryptoError `CRYPTO_INVALID_SIZE` for a context that FIPS 205 does not allow. */
export function checkContext(context: Uint8Array): void {
  if (context.length <= CONTEXT_BYTES_MAX) return;
  const message = `context too long: at most ${CONTEXT_BYTES_MAX} bytes, got ${context.length}`;
  throw invalidSize('context', CONTEXT_BYTES_MAX, context.length, message);
}

/** @throws CryptoError `CRYPTO_INVALID_SIZE` unless the field has exactly its size (SIG-04, SIG-06, SIG-09). */
export function checkSize(field: string, bytes: Uint8Array, expectedBytes: number): void {
  if (bytes.length === expectedBytes) return;
  const message = `invalid ${field} length: expected ${expectedBytes} bytes, got ${bytes.length}`;
  throw invalidSize(field, expectedBytes, bytes.length, message);
}

function invalidSize(
  field: string,
  expectedBytes: number,
  actualBytes: number,
  message: string,
): CryptoError {
  return new CryptoError(message, { code: 'CRYPTO_INVALID_SIZE', field, expectedBytes, actualBytes });
}
