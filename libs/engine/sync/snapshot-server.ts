import type { Height, MemberIndex } from '#libs/chain/ids.ts';
import type { StateSection } from '#libs/chain/state-sections.ts';
import type { ClockPort, PeerPort } from '../ports/engine-ports.ts';
import { SECTIONS_BYTES_MAX } from '../ports/message-limits.ts';
import type { ChunkRequest, SnapshotRequest } from '../ports/peer-message.ts';
import type { SnapshotPort } from '../ports/snapshot-ports.ts';
import { SecondBudget } from '../timing/second-budget.ts';
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
   * @param othersAt - Tells the other sections of the state at a height; undefined when they are not known, and nothing is given
   * then. To make them costs as much as all votes, so nobody makes this member do it beyond its budget.
   * @returns false when the member asks too often; nothing is sent then.
   */
  answerOutline(
    { requestId, height }: SnapshotRequest,
    from: MemberIndex,
    othersAt: (height: Height) => readonly StateSection[] | undefined,
  ): boolean {
    if (!this.#budget.take(from)) return false;
    const others = othersAt(height);
    const bytes = others?.reduce((sum, { content }) => sum + content.length, 0) ?? 0;
    const isGiven = others !== undefined && bytes <= SECTIONS_BYTES_MAX;
    const state = isGiven ? this.#snapshots.snapshotAt(height) : undefined;
    const snapshot = state && { ...state, others: others ?? [] };
    this.#peers.send(from, { kind: 'snapshot-response', requestId, snapshot });
    return true;
  }

  /** @returns false when the member asks too often; nothing is sent then. */
  answerChunk(request: ChunkRequest, from: MemberIndex): boolean {
    if (!this.#budget.take(from)) return false;
    const { requestId, height } = request;
    const hashes = this.#snapshots.chunkAt(height, request.number);
    this.#peers.send(from, { kind: 'chunk-response', requestId, hashes });
    return true;
  }
}
