import type { MemberIndex } from '#libs/chain/ids.ts';
import type { Circle } from '#libs/engine/node-ports.ts';
import type { PeerPort } from '#libs/engine/ports/engine-ports.ts';
import type { PeerListener } from '#libs/engine/ports/peer-listener.ts';
import type { CirclePresence } from './circle-presence.ts';

/** The other members and guests, as this member reaches them: through its gateway, or by HTTP itself. */
export interface PeerLink extends PeerPort {
  /** Whether messages can leave and come at all. */
  readonly isAttached: boolean;
  /** Messages dropped since the start, because they could not leave in time or one member asked for too many. */
  readonly droppedFrames: number;
  /** Bytes of messages since the start; one to all counts once. */
  readonly traffic: { readonly sentBytes: number; readonly receivedBytes: number };
  /** The members and guests of the circle, and their connections. */
  readonly presence: Pick<CirclePresence, 'circle' | 'linkOf'>;
  /** Milliseconds since each connected member was heard. */
  silence(): ReadonlyMap<MemberIndex, number>;
  /** Meets another circle of members and guests. */
  enter(circle: Circle): void;
  /** Reads nothing of a member for a while. */
  mute(member: MemberIndex, durationMs: number): void;
  start(listener: PeerListener): void;
  stop(): Promise<void>;
}
