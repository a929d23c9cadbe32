import type { PeerMessageBody } from './ports/peer-message.ts';

/**
 * Of whoever is known to this member and no member of the epoch: one that catches up asks for blocks, and one that this
 * member knows from a later epoch shows it the way by certificates.
 */
const GUESTS_MAY_SAY: ReadonlySet<PeerMessageBody['kind']> = new Set([
  'blocks-request',
  'block-request',
  'blocks-response',
  'block-response',
  'snapshot-request',
  'chunk-request',
  'snapshot-response',
  'chunk-response',
  'certificate',
  'whereabouts',
]);

/** Whether a guest is listened to. */
export function mayGuestSay({ kind }: PeerMessageBody): boolean {
  return GUESTS_MAY_SAY.has(kind);
}
