import type { Delivery, PushResult } from './rules/inbox.ts';

/** The events of one peer's frames. */
export interface FrameEvents {
  /** A frame arrived. */
  onFrame(delivery: Delivery): PushResult;
  /** Frames that waited for the peer never leave. */
  onDropped(frames: number): void;
}
