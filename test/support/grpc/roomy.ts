import type { StrangerLimits } from '#libs/grpc/stranger-room.ts';

/** More room for callers that nobody knows than a test needs: it narrows the one limit that it is about. */
export const ROOMY: StrangerLimits = {
  messageBytesMax: 1_000,
  connectionsMax: 100,
  idleMsMax: 60_000,
  requestMsMax: 60_000,
  arrivingMax: 100,
  patienceMs: 60_000,
  answerMsMax: 60_000,
  untakenBytesMax: 1_000_000,
};
