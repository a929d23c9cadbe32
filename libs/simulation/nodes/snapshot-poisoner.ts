import { sealBlock } from '#libs/chain/block.ts';
import { toHeight } from '#libs/chain/ids.ts';
import { BALLOTS_SECTION, type StateSection } from '#libs/chain/state-sections.ts';
import type { ChunkResponse, PeerMessageBody, SnapshotResponse } from '#libs/engine/ports/peer-message.ts';
import type { Snapshot } from '#libs/engine/ports/snapshot-ports.ts';
import { decodeBallots, encodeBallots } from '#libs/membership/ballots.ts';
import type { Clerk } from './clerk.ts';
import type { ClerkTools } from './clerk-tools.ts';

/**
 * Gives snapshots of another state: outlines that are cut elsewhere or name other roots, the block of another height,
 * chunks with a hash changed, left out or doubled, other votes for members than were given, or nothing once it is
 * relied on (libs/simulation/README.md B.4, BYZ-23).
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
    poisoned(body, ({ outline, ...rest }) => ({ ...rest, outline: { ...outline, size: outline.size + 1n } })),
  (body) =>
    poisoned(body, ({ outline, ...rest }) => ({
      ...rest,
      outline: { ...outline, roots: [...outline.roots, ...outline.roots] },
    })),
  (body) =>
    poisoned(body, ({ outline, ...rest }) => ({
      ...rest,
      outline: { ...outline, roots: outline.roots.map((root) => root.toReversed()) },
    })),
  (body) => poisoned(body, ({ block, ...rest }) => ({ ...rest, block: { ...block, transactions: [] } })),
  (body) =>
    poisoned(body, ({ block, ...rest }) => {
      const header = { ...block.header, height: toHeight(block.header.height + 1n) };
      return { ...rest, block: sealBlock(header, block.transactions) };
    }),
  // Votes that were given are left out, or longer good than they are, or were never given.
  (body) => poisoned(body, (snapshot) => ({ ...snapshot, others: [] })),
  (body) => poisoned(body, (snapshot) => ({ ...snapshot, others: snapshot.others.map(longerGood) })),
  (body) => poisoned(body, (snapshot) => ({ ...snapshot, others: [...snapshot.others, STRANGE] })),
  (body) => poisoned(body, (snapshot) => ({ ...snapshot, others: [NOBODY_VOTED] })),
];

const CHUNKS: readonly ((body: ChunkResponse) => ChunkResponse)[] = [
  (body) => ({ ...body, hashes: undefined }),
  (body) => ({ ...body, hashes: body.hashes?.map((byte, at) => (at === 0 ? byte ^ 1 : byte)) }),
  (body) => ({ ...body, hashes: body.hashes?.slice(32) }),
  (body) => ({ ...body, hashes: body.hashes?.toReversed() }),
  (body) => ({ ...body, hashes: body.hashes && Uint8Array.from([...body.hashes, ...body.hashes]) }),
];

const STRANGE = { tag: 7, content: Uint8Array.of(7) };
const NOBODY_VOTED = {
  tag: BALLOTS_SECTION,
  content: encodeBallots({ ballots: [], adopted: undefined }),
};

/** The same votes, each good for one block more. */
function longerGood({ tag, content }: StateSection): StateSection {
  const read = decodeBallots(content);
  const ballots = read?.ballots.map(({ voters, ...ballot }) => ({
    ...ballot,
    voters: new Map([...voters].map(([member, goodUntil]) => [member, toHeight(goodUntil + 1n)] as const)),
  }));
  return { tag, content: encodeBallots({ ballots: ballots ?? [], adopted: read?.adopted }) };
}

function poisoned(body: SnapshotResponse, lie: (snapshot: Snapshot) => Snapshot): SnapshotResponse {
  return { ...body, snapshot: body.snapshot && lie(body.snapshot) };
}
