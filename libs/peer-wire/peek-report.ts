import { BinaryReader } from '@bufbuild/protobuf/wire';
import { toView } from '#libs/chain/ids.ts';
import type { Position } from '#libs/protocol/vote/position.ts';
import { messageTag, type PeerEnvelope, readEnvelope } from './peer-envelope.ts';

/** The view comes first in every report. */
const VIEW_FIELD = 1 << 3;

/**
 * The position of a report of this epoch, from the first bytes of a message: nothing behind them is
 * looked at. Undefined for all else, and for a report whose fields stand in an order that our encoder does not use.
 */
export function peekReport(bytes: Uint8Array, envelope: PeerEnvelope): Position | undefined {
  const reader = new BinaryReader(bytes);
  try {
    if (readEnvelope(reader, envelope) !== envelope.epoch) return undefined;
    const tag = reader.uint32();
    const { reports } = envelope.protocol;
    if (reports?.numbers.some((field) => messageTag(field) === tag) !== true) return undefined;
    reader.uint32();
    return reader.uint32() === VIEW_FIELD ? reports.at(toView(BigInt(reader.uint64()))) : undefined;
  } catch {
    // The decoder will name the fault.
    return undefined;
  }
}
