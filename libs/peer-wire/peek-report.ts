import { BinaryReader } from '@bufbuild/protobuf/wire';
import { type Epoch, toView, type View } from '#libs/chain/ids.ts';
import { readEnvelope } from './peer-envelope.ts';

/** Fields of peer.proto: new_view and timeout, as messages; and the view, which comes first in both. */
const REPORT_FIELDS: readonly number[] = [(13 << 3) | 2, (14 << 3) | 2];
const VIEW_FIELD = 1 << 3;

/**
 * The view of a report, a new-view or a timeout of this epoch, from the first bytes of a message: nothing behind them is
 * looked at. Undefined for all else, and for a report whose fields stand in an order that our encoder does not use.
 */
export function peekReport(
  bytes: Uint8Array,
  envelope: { readonly chainTag: Uint8Array; readonly epoch: Epoch },
): View | undefined {
  const reader = new BinaryReader(bytes);
  try {
    if (readEnvelope(reader, envelope) !== envelope.epoch) return undefined;
    if (!REPORT_FIELDS.includes(reader.uint32())) return undefined;
    reader.uint32();
    return reader.uint32() === VIEW_FIELD ? toView(BigInt(reader.uint64())) : undefined;
  } catch {
    // The decoder will name the fault.
    return undefined;
  }
}
