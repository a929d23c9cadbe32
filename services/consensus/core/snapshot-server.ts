import type { MemberIndex } from '#libs/chain/ids.ts';
import type { ClockPort, PeerPort } from './engine-ports.ts';
import type { ChunkRequest, SnapshotRequest } from './peer-message.ts';
import { SecondBudget } from './second-budget.ts';
import type { SnapshotPort } from './snapshot-ports.ts';
import { RANGES_SERVED_PER_SECOND_MAX } from './sync-limits.ts';

/** Answers members that ask for the state, each within a budget: a chunk costs about as much as a range of blocks. */
export class SnapshotServer {
  readonly #snapshots: SnapshotPort;
  readonly #peers: PeerPort;
  readonly #budget: SecondBudget;

  constructor(snapshots: SnapshotPort, peers: PeerPort, clock: ClockPort) {
    this.#snapshots = snapshots;
    this.#peers = peers;
    this.#budget = new SecondBudget(clock, RANGES_SERVED_PER_SECOND_MAX);
  }

  /**
   * @param isUseful - Whether who takes a snapshot of that height could go on from it; else there is none.
   * @returns false when the member asks too often; nothing is sent then.
   */
  answer(request: SnapshotRequest | ChunkRequest, from: MemberIndex, isUseful: boolean): boolean {
    if (!this.#budget.take(from)) return false;
    const { requestId, height } = request;
    if (request.kind === 'snapshot-request') {
      const snapshot = isUseful ? this.#snapshots.snapshotAt(height) : undefined;
      this.#peers.send(from, { kind: 'snapshot-response', requestId, snapshot });
      return true;
    }
    const hashes = this.#snapshots.chunkAt(height, request.number);
    this.#peers.send(from, { kind: 'chunk-response', requestId, hashes });
    return true;
  }
}
