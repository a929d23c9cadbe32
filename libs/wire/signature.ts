import { assert } from '#libs/assert/assert.ts';
import { compactBytes } from '#libs/bytes/compact-bytes.ts';
import type { Fault } from '#libs/protocol/module.ts';
import type { KeySignature } from '#libs/protocol/signed.ts';
import type { WireLimits } from './limits.ts';
import { demand, WireRefusal } from './refusal.ts';

/** A signature as it stands in every message of members. */
interface WireSignature {
  readonly signature: Uint8Array;
  /** Reserved for the digest of a certified key (proto/FORMATS.md 5). */
  readonly key?: Uint8Array | undefined;
}

/** A signature by the member's own key. */
export function signatureToWire({ signature, key }: KeySignature): WireSignature {
  assert(key === undefined, 'no message of this version names the key of a signature');
  return { signature };
}

/**
 * A signature of a possible size. A signature that names its key is refused, whatever the key: to leave the field unread would
 * be to judge the signature by the wrong key. A protocol keeps signatures for a whole height, so the result keeps no message alive.
 * @throws WireRefusal
 */
export function signatureFromWire(
  { signature, key }: WireSignature,
  limits: Pick<WireLimits, 'signatureBytesMax'>,
  fault?: Fault,
): KeySignature {
  if (key !== undefined) {
    const detail = 'key of a signature: no kind of statement takes another than the member has in the set';
    throw new WireRefusal('invalid', detail, 'signature by another key than its kind takes');
  }
  demand(signature.length > 0, 'signature is empty');
  demand(signature.length <= limits.signatureBytesMax, 'signature too large', fault);
  return { signature: compactBytes(signature) };
}
