import type { Height, MemberIndex } from '#libs/chain/ids.ts';
import { BlockServer } from './block-server.ts';
import type { ChainPort, ClockPort, PeerPort } from './engine-ports.ts';
import type { MembershipBook } from './membership-book.ts';
import type { BlockRequest, BlocksRequest, ChunkRequest, SnapshotRequest } from './peer-message.ts';
import type { SnapshotPort } from './snapshot-ports.ts';
import { SnapshotServer } from './snapshot-server.ts';

interface ServerParts {
  readonly chain: ChainPort;
  readonly snapshots: SnapshotPort;
  readonly peers: PeerPort;
  readonly clock: ClockPort;
  /** Knows which snapshots can be followed; without it all. */
  readonly book?: Pick<MembershipBook, 'isFollowable'>;
}

export type SyncRequest = BlocksRequest | BlockRequest | SnapshotRequest | ChunkRequest;

/** Answers members that lack something: blocks, or the state. */
export class RequestServer {
  readonly #blocks: BlockServer;
  readonly #snapshots: SnapshotServer;
  readonly #parts: ServerParts;

  constructor(parts: ServerParts) {
    const { chain, snapshots, peers, clock } = parts;
    this.#parts = parts;
    this.#blocks = new BlockServer(chain, peers, clock);
    this.#snapshots = new SnapshotServer(snapshots, peers, clock);
  }

  /** @returns false when the member asks too often; nothing is sent then. */
  answer(request: SyncRequest, from: MemberIndex): boolean {
    switch (request.kind) {
      case 'snapshot-request':
        // Nobody could follow the membership from any other: the asker hears that there is none, and fetches the blocks.
        return this.#snapshots.answer(request, from, this.#isFollowable(request.height));
      case 'chunk-request':
        return this.#snapshots.answer(request, from, true);
      default:
        return this.#blocks.answer(request, from);
    }
  }

  #isFollowable(height: Height): boolean {
    const { book, chain } = this.#parts;
    if (book === undefined) return true;
    const epoch = chain.blockAt(height)?.header.epoch;
    return epoch !== undefined && book.isFollowable({ epoch, height });
  }
}
