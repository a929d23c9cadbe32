import { toHeight } from '#libs/chain/ids.ts';
import { CHUNK_BYTES } from '#libs/chain/state-chunks.ts';
import type { SnapshotResponse as WireSnapshotResponse } from '#libs/proto/btcfed/peer/v1/peer.ts';
import { blockFromWire, blockToWire } from '#libs/wire/block.ts';
import type { WireLimits } from '#libs/wire/limits.ts';
import { demand } from '#libs/wire/refusal.ts';
import type { SnapshotMessage, SnapshotResponse } from '../../core/peer-message.ts';
import { SNAPSHOT_CHUNKS_MAX } from '../../core/snapshot-limits.ts';
import type { WireBody } from './hotstuff.ts';

type SnapshotBody = Extract<
  WireBody,
  { $case: 'snapshotRequest' | 'snapshotResponse' | 'chunkRequest' | 'chunkResponse' }
>;

const HASH_BYTES = 32;
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
      return { kind: 'chunk-response', requestId, hashes: hashes.length === 0 ? undefined : hashes };
    }
  }
}

function responseToWire({ requestId, snapshot }: SnapshotResponse): WireSnapshotResponse {
  return {
    requestId,
    block: snapshot && blockToWire(snapshot.block),
    size: snapshot?.outline.size ?? 0n,
    chunkRoots: snapshot === undefined ? NOTHING : Buffer.concat(snapshot.outline.roots),
  };
}

function responseFromWire(wire: WireSnapshotResponse, limits: WireLimits): SnapshotResponse {
  const { requestId, size, chunkRoots } = wire;
  if (wire.block === undefined) return { kind: 'snapshot-response', requestId, snapshot: undefined };
  const count = chunkRoots.length / HASH_BYTES;
  demand(Number.isInteger(count) && count <= SNAPSHOT_CHUNKS_MAX, 'chunk_roots of another length');
  const roots = Array.from({ length: count }, (_, at) =>
    chunkRoots.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES),
  );
  const snapshot = { block: blockFromWire(wire.block, limits), outline: { size, roots } };
  return { kind: 'snapshot-response', requestId, snapshot };
}
