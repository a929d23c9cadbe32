import type { Epoch, MemberIndex } from '#libs/chain/ids.ts';
import type { RefusalCause } from '#libs/protocol/module.ts';
import type { PeerMessageBody } from '../../core/peer-message.ts';
import type { DecodedPeerMessage } from './peer-message.ts';

/** A node as it hears the members: the process of production, and the nodes of the simulator. */
export interface PeerListener {
  received(from: MemberIndex, body: PeerMessageBody): void;
  /** A member or guest spoke in another epoch. */
  otherEpoch(from: MemberIndex, epoch: Epoch): void;
  refused(from: MemberIndex, cause: RefusalCause, detail: string): void;
}

/** Hands a read message to the node, or what it was refused for. */
export function dispatch(from: MemberIndex, decoded: DecodedPeerMessage, listener: PeerListener): void {
  if (decoded.ok) return listener.received(from, decoded.body);
  // Around a change of the members that is no fault: the others are a block ahead, or behind.
  if (decoded.epoch !== undefined) return listener.otherEpoch(from, decoded.epoch);
  listener.refused(from, decoded.cause, decoded.detail);
}
