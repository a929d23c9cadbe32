import type { Height, MemberIndex } from '#libs/chain/ids.ts';
import type { StateSection } from '#libs/chain/state-sections.ts';
import type { MembershipBook } from '../membership/membership-book.ts';
import type { ChainPort, ClockPort, PeerPort } from '../ports/engine-ports.ts';
import type { BlockRequest, BlocksRequest, ChunkRequest, SnapshotRequest } from '../ports/peer-message.ts';
import type { SnapshotPort } from '../ports/snapshot-ports.ts';
import { BlockServer } from './block-server.ts';
import { SnapshotServer } from './snapshot-server.ts';

interface ServerParts {
  readonly chain: ChainPort;
  readonly snapshots: SnapshotPort;
  readonly peers: PeerPort;
  readonly clock: ClockPort;
  /** Knows the ballots; left out where nobody ever votes. */
  readonly book?: Pick<MembershipBook, 'sectionsAt'>;
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
        return this.#snapshots.answerOutline(request, from, (height) => this.#othersAt(height));
      case 'chunk-request':
        return this.#snapshots.answerChunk(request, from);
      default:
        return this.#blocks.answer(request, from);
    }
  }

  #othersAt(height: Height): readonly StateSection[] | undefined {
    const { book } = this.#parts;
    return book === undefined ? [] : book.sectionsAt(height);
  }
}
