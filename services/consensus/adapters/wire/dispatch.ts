import type { Epoch, MemberIndex, View } from '#libs/chain/ids.ts';
import { LATE_REPORTS, reportedView } from '#libs/engine/joining/late-reports.ts';
import type { MemberFault } from '#libs/engine/ports/operator-codes.ts';
import type { PeerMessageBody } from '#libs/engine/ports/peer-message.ts';
import type { RefusalCause } from '#libs/protocol/module.ts';
import type { DecodedPeerMessage } from './peer-message.ts';

/** A node as it hears the members: the process of production, and the nodes of the simulator. */
export interface PeerListener {
  /** Whether a report of this view is wanted of this member. */
  hearsReport(from: MemberIndex, view: View): boolean;
  received(from: MemberIndex, body: PeerMessageBody): void;
  /** A member or guest spoke in another epoch. */
  otherEpoch(from: MemberIndex, epoch: Epoch): void;
  refused(from: MemberIndex, cause: RefusalCause, detail: string, fault?: MemberFault): void;
}

/**
 * Hands a read message to the node, or what it was refused for.
 *
 * @param isHeard - It is a report that the node said it hears, before it was read.
 */
export function dispatch(
  from: MemberIndex,
  decoded: DecodedPeerMessage,
  listener: PeerListener,
  isHeard = false,
): void {
  if (decoded.ok) {
    const view = isHeard ? undefined : reportedView(decoded.body);
    if (view === undefined || listener.hearsReport(from, view)) return listener.received(from, decoded.body);
    return listener.refused(from, 'stale', LATE_REPORTS, LATE_REPORTS);
  }
  // Around a change of the members that is no fault: the others are a block ahead, or behind.
  if (decoded.epoch !== undefined) return listener.otherEpoch(from, decoded.epoch);
  listener.refused(from, decoded.cause, decoded.detail, decoded.fault);
}
