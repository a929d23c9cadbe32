import type { PeerMessageBody } from './ports/peer-message.ts';

/**
 * Messages that a guest may send. A guest is known to this member but is no member of the epoch: a guest that
 * catches up asks for blocks, and a guest that this member knows from a later epoch sends it the certificates
 * that lead there.
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

/** Whether this message is handled when a guest sends it. */
export function mayGuestSay({ kind }: PeerMessageBody): boolean {
  return GUESTS_MAY_SAY.has(kind);
}
