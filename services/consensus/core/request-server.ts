import type { MemberIndex } from '#libs/chain/ids.ts';
import { BlockServer } from './block-server.ts';
import type { ChainPort, ClockPort, PeerPort } from './engine-ports.ts';
import type { BlockRequest, BlocksRequest, ChunkRequest, SnapshotRequest } from './peer-message.ts';
import type { SnapshotPort } from './snapshot-ports.ts';
import { SnapshotServer } from './snapshot-server.ts';

interface ServerParts {
  readonly chain: ChainPort;
  readonly snapshots: SnapshotPort;
  readonly peers: PeerPort;
  readonly clock: ClockPort;
}

export type SyncRequest = BlocksRequest | BlockRequest | SnapshotRequest | ChunkRequest;

/** Answers members that lack something: blocks, or the state. */
export class RequestServer {
  readonly #blocks: BlockServer;
  readonly #snapshots: SnapshotServer;

  constructor({ chain, snapshots, peers, clock }: ServerParts) {
    this.#blocks = new BlockServer(chain, peers, clock);
    this.#snapshots = new SnapshotServer(snapshots, peers, clock);
  }

  /** @returns false when the member asks too often; nothing is sent then. */
  answer(request: SyncRequest, from: MemberIndex): boolean {
    switch (request.kind) {
      case 'snapshot-request':
      case 'chunk-request':
        return this.#snapshots.answer(request, from);
      default:
        return this.#blocks.answer(request, from);
    }
  }
}
