import { compactBytes } from '#libs/bytes/compact-bytes.ts';
import { Decoder } from '#libs/bytes/decoder.ts';
import { Encoder } from '#libs/bytes/encoder.ts';
import { toHeight } from '#libs/chain/ids.ts';
import { TRANSACTIONS_SECTION } from '#libs/chain/section-roots.ts';
import { CHUNK_BYTES, type StateOutline } from '#libs/chain/state-chunks.ts';
import { orderFault, type StateSection } from '#libs/chain/state-sections.ts';
import { SECTIONS_BYTES_MAX, SECTIONS_MAX, SNAPSHOT_CHUNKS_MAX } from '#libs/engine/ports/message-limits.ts';
import type { SnapshotMessage, SnapshotResponse } from '#libs/engine/ports/peer-message.ts';
import type { SnapshotResponse as WireSnapshotResponse } from '#libs/proto/btcfed/peer/v1/peer.ts';
import { blockFromWire, blockToWire } from '#libs/wire/block.ts';
import type { WireLimits } from '#libs/wire/limits.ts';
import { demand } from '#libs/wire/refusal.ts';
import type { WireBody } from './protocol-wire.ts';

type SnapshotBody = Extract<
  WireBody,
  { $case: 'snapshotRequest' | 'snapshotResponse' | 'chunkRequest' | 'chunkResponse' }
>;

const HASH_BYTES = 32;
const SIZE_BYTES = 8;
const NOTHING = new Uint8Array();

export function snapshotToWire(message: SnapshotMessage): SnapshotBody {
  const { requestId } = message;
  switch (message.kind) {
    case 'snapshot-request':
      return { $case: 'snapshotRequest', value: { requestId, height: message.height } };
    case 'snapshot-response':
      return { $case: 'snapshotResponse', value: responseToWire(message) };
    case 'chunk-request': {
      const { height, number } = message;
      return { $case: 'chunkRequest', value: { requestId, height, number } };
    }
    case 'chunk-response':
      return { $case: 'chunkResponse', value: { requestId, hashes: message.hashes ?? NOTHING } };
  }
}

/** @throws WireRefusal */
export function snapshotFromWire(body: SnapshotBody, limits: WireLimits): SnapshotMessage {
  const { requestId } = body.value;
  switch (body.$case) {
    case 'snapshotRequest':
      return { kind: 'snapshot-request', requestId, height: toHeight(body.value.height) };
    case 'snapshotResponse':
      return responseFromWire(body.value, limits);
    case 'chunkRequest': {
      const { height, number } = body.value;
      return { kind: 'chunk-request', requestId, height: toHeight(height), number };
    }
    case 'chunkResponse': {
      const { hashes } = body.value;
      demand(hashes.length <= CHUNK_BYTES && hashes.length % HASH_BYTES === 0, 'hashes of another length');
      return {
        kind: 'chunk-response',
        requestId,
        hashes: hashes.length === 0 ? undefined : compactBytes(hashes),
      };
    }
  }
}

function responseToWire({ requestId, snapshot }: SnapshotResponse): WireSnapshotResponse {
  return {
    requestId,
    block: snapshot && blockToWire(snapshot.block),
    sections: snapshot === undefined ? [] : [outlineToSection(snapshot.outline), ...snapshot.others],
  };
}

function responseFromWire(wire: WireSnapshotResponse, limits: WireLimits): SnapshotResponse {
  const { requestId } = wire;
  if (wire.block === undefined) return { kind: 'snapshot-response', requestId, snapshot: undefined };
  const [first, ...others] = wire.sections;
  demand(first?.tag === TRANSACTIONS_SECTION, 'a snapshot without its transactions');
  demand(others.length <= SECTIONS_MAX && orderFault(others) === undefined, 'sections out of order');
  const bytes = others.reduce((sum, { content }) => sum + content.length, 0);
  demand(bytes <= SECTIONS_BYTES_MAX, 'sections too large');
  const snapshot = {
    block: blockFromWire(wire.block, limits),
    outline: outlineOf(first.content),
    others: others.map(({ tag, content }) => ({ tag, content: compactBytes(content) })),
  };
  return { kind: 'snapshot-response', requestId, snapshot };
}

function outlineToSection({ size, roots }: StateOutline): StateSection {
  const encoder = new Encoder().u64(size);
  for (const root of roots) encoder.fixed(root, HASH_BYTES);
  return { tag: TRANSACTIONS_SECTION, content: encoder.finish() };
}

function outlineOf(content: Uint8Array): StateOutline {
  const count = (content.length - SIZE_BYTES) / HASH_BYTES;
  demand(Number.isInteger(count) && count >= 0 && count <= SNAPSHOT_CHUNKS_MAX, 'roots of another length');
  const decoder = new Decoder(content);
  const size = decoder.u64();
  return { size, roots: Array.from({ length: count }, () => decoder.fixed(HASH_BYTES)) };
}
