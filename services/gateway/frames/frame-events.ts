import type { FrameDelivery, PushResult } from './rules/inbox.ts';

/** The events of one peer's frames. */
export interface FrameEvents {
  /** A frame arrived. */
  onFrame(delivery: FrameDelivery): PushResult;
}
