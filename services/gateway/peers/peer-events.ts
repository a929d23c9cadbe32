import type { FrameEvents } from '../frames/frame-events.ts';

/** A peer by its names. */
export interface PeerName {
  /** Raw public key as lower-case hex. */
  readonly key: string;
  readonly peerId: string;
}

/** The events that peers report to the gateway around them: handed over once, and called where they happen. */
export interface PeerEvents extends FrameEvents {
  /** Frames for a peer never leave. */
  onDropped(frames: number): void;
  /** Called when frames can be sent to the peer from now on, or no longer. */
  onReady(peer: PeerName, ready: boolean): void;
  /** @param cameBack - Dials had failed before. */
  onConnected(peer: PeerName, cameBack: boolean): void;
  onDisconnected(peer: PeerName, reason: string): void;
  onDialFailed(peer: PeerName, reason: string): void;
}
