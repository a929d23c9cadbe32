import { sealBlock } from '#libs/chain/block.ts';
import { toHeight } from '#libs/chain/ids.ts';
import type {
  ChunkResponse,
  PeerMessageBody,
  SnapshotResponse,
} from '#services/consensus/core/peer-message.ts';
import type { Snapshot } from '#services/consensus/core/snapshot-ports.ts';
import type { Clerk, ClerkTools } from '../clerks.ts';

/**
 * Gives snapshots of another state: outlines that are cut elsewhere or name other roots, the block of another height,
 * chunks with a hash changed, left out or doubled, or nothing once it is relied on (bft.md B.4, BYZ-23).
 */
export function snapshotPoisoner({ random }: ClerkTools): Clerk {
  return {
    proposes: (message) => message,
    answers: (_to, body): readonly PeerMessageBody[] => {
      if (random.chance(0.25)) return [body];
      if (body.kind === 'snapshot-response') return [random.pick(OFFERS)(body)];
      if (body.kind === 'chunk-response') return random.chance(0.2) ? [] : [random.pick(CHUNKS)(body)];
      return [body];
    },
  };
}

const OFFERS: readonly ((body: SnapshotResponse) => SnapshotResponse)[] = [
  (body) => ({ ...body, snapshot: undefined }),
  (body) =>
    poisoned(body, ({ block, outline }) => ({ block, outline: { ...outline, size: outline.size + 1n } })),
  (body) =>
    poisoned(body, ({ block, outline }) => ({
      block,
      outline: { ...outline, roots: [...outline.roots, ...outline.roots] },
    })),
  (body) =>
    poisoned(body, ({ block, outline }) => ({
      block,
      outline: { ...outline, roots: outline.roots.map((root) => root.toReversed()) },
    })),
  (body) => poisoned(body, ({ block, outline }) => ({ block: { ...block, transactions: [] }, outline })),
  (body) =>
    poisoned(body, ({ block, outline }) => {
      const header = { ...block.header, height: toHeight(block.header.height + 1n) };
      return { block: sealBlock(header, block.transactions), outline };
    }),
];

const CHUNKS: readonly ((body: ChunkResponse) => ChunkResponse)[] = [
  (body) => ({ ...body, hashes: undefined }),
  (body) => ({ ...body, hashes: body.hashes?.map((byte, at) => (at === 0 ? byte ^ 1 : byte)) }),
  (body) => ({ ...body, hashes: body.hashes?.slice(32) }),
  (body) => ({ ...body, hashes: body.hashes?.toReversed() }),
  (body) => ({ ...body, hashes: body.hashes && Uint8Array.from([...body.hashes, ...body.hashes]) }),
];

function poisoned(body: SnapshotResponse, lie: (snapshot: Snapshot) => Snapshot): SnapshotResponse {
  return { ...body, snapshot: body.snapshot && lie(body.snapshot) };
}
