import { toHex } from '#libs/bytes/hex.ts';
import { type Digest, toDigest, toEpoch } from '#libs/chain/ids.ts';
import type { Asking } from '#libs/custody/statement-request.ts';
import type { Scope } from '#libs/proto/btcfed/signer/v1/signer_service.ts';
import { SignerError } from '../words/errors.ts';
import { VIEW_MAX } from '../words/limits.ts';

const DIGEST_BYTES = 32;

/**
 * Values that Protobuf allows and no protocol does are refused, as SIGNER_MALFORMED with the name of the field.
 */
export function askingFromWire(scope: Scope | undefined): Asking {
  if (scope === undefined) throw malformed('scope');
  return {
    chain: digestFromField('scope.chain_digest', scope.chainDigest),
    epoch: toEpoch(numberFromWire('scope.epoch', scope.epoch)),
    // Each request leaves an audit row, which names its session: a number that no row can hold would stop the signer.
    session: numberFromWire('scope.session', scope.session),
  };
}

/** A number that every row of the record can hold. */
export function numberFromWire(field: string, number: bigint): bigint {
  if (number > VIEW_MAX) throw malformed(field);
  return number;
}

export function digestFromField(field: string, bytes: Uint8Array): Digest {
  if (bytes.length !== DIGEST_BYTES) throw malformed(field);
  return toDigest(toHex(bytes));
}

/**
 * A message that cannot be decoded, or holds an impossible value, is malformed: a broken sender, not a broken signer.
 */
export function readable<Value>(field: string, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    throw error instanceof SignerError ? error : malformed(field);
  }
}

export function malformed(field: string): SignerError {
  return new SignerError(`malformed request: ${field}`, { code: 'SIGNER_MALFORMED', field });
}
