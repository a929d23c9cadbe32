import { Encoder } from '#libs/bytes/encoder.ts';
import { sha256Hex } from '#libs/bytes/sha256.ts';
import { type Digest, digestBytes, type View } from '#libs/chain/ids.ts';

const TAG = 'btcfed/trace/view/v1';
const TRACE_ID_DIGITS = 32;

/**
 * The trace id of a view (P2P-93): the same on every member and in the signer, without anybody's saying it, because
 * it follows from the chain and the view. So it need not be believed either.
 */
export function viewTraceId(chain: Digest, view: View): string {
  const encoded = new Encoder().text(TAG).fixed(digestBytes(chain), 32).u64(view).finish();
  return sha256Hex(encoded).slice(0, TRACE_ID_DIGITS);
}
