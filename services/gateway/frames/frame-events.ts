import type { Delivery, PushResult } from './rules/inbox.ts';

/** All that is told of the frames of a peer. */
export interface FrameEvents {
  /** A frame came. */
  onFrame(delivery: Delivery): PushResult;
  /** Frames that waited for the peer never leave. */
  onDropped(frames: number): void;
}
