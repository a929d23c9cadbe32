import type { SnapshotPort } from '#libs/engine/ports/snapshot-ports.ts';

const unexpected = (): never => {
  throw new Error('no snapshot is taken here');
};

/** For engines that have blocks alone: snapshots are tested with the real store. */
export const NO_SNAPSHOTS: SnapshotPort = {
  snapshotAt: () => undefined,
  chunkAt: () => undefined,
  staged: () => undefined,
  stage: unexpected,
  unstage: unexpected,
  missingChunks: unexpected,
  putChunk: unexpected,
  install: unexpected,
  history: () => undefined,
  historyFrontier: () => undefined,
  isRecorded: unexpected,
  fill: unexpected,
};
