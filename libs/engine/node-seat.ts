import type { Membership } from '#libs/membership/membership.ts';
import type { HostedProtocol } from '#libs/protocol/hosting/hosted-protocol.ts';
import type { NodePorts } from './node-ports.ts';
import { PeerAccounts } from './peer-accounts.ts';
import { SignaturePool } from './references/signature-pool.ts';

/** The parts that a node has of one epoch beside its engine. */
export interface NodeSeat {
  readonly accounts: PeerAccounts;
  readonly protocol: HostedProtocol;
  /** The verified signatures. */
  readonly signatures: SignaturePool;
}

export function nodeSeat(
  { rules, steadyMs, clock, muted }: Pick<NodePorts, 'rules' | 'steadyMs' | 'clock' | 'muted'>,
  { set, terms }: Membership,
): NodeSeat {
  const protocol = rules.protocolOf(terms);
  const { votes } = protocol;
  const accounts = new PeerAccounts({ members: set.members.length, votes, steadyMs, clock, onMuted: muted });
  return { accounts, protocol, signatures: new SignaturePool() };
}
