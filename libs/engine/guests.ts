import type { HostedProtocol } from '#libs/protocol/hosting/hosted-protocol.ts';
import type { PeerMessageBody } from './ports/peer-message.ts';

/**
 * Messages that a guest may send. A guest is known to this member but is no member of the epoch: a guest that
 * catches up asks for blocks, and a guest that this member knows from a later epoch sends it the decisions that lead
 * there. Both are told what is proposed, and may ask for what they lack of it.
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
  'whereabouts',
  'decided',
  'signatures-request',
  'signatures-response',
  'bodies-request',
]);

/**
 * Whether this message is handled when a guest sends it. Of the protocol's messages those are that hold nothing of
 * their sender's own, neither a signature nor a report: certificates, which prove themselves.
 */
export function mayGuestSay(body: PeerMessageBody, { module }: Pick<HostedProtocol, 'module'>): boolean {
  if (body.kind !== 'protocol') return GUESTS_MAY_SAY.has(body.kind);
  return module.ownClaim(body) === undefined && module.reported(body) === undefined;
}
