import type { HostedRecord, HostedState, ProtocolMessage } from '#libs/protocol/hosting/hosted-protocol.ts';
import { accusedIn } from '#libs/protocols/evidence-codec.ts';
import type { SimulatedSubject, WholeNodes } from '../member/whole-nodes.ts';
import { NAMED_CLERKS } from './clerks.ts';
import type { NodeKind } from './node-kind.ts';
import { WholeNode } from './whole-node.ts';

/** A hosted protocol as the simulation sees it. */
export type HostedSubject = SimulatedSubject<HostedState, ProtocolMessage, HostedRecord> & {
  readonly nodes: NodeKind;
};

/** Nodes with the engine of production around the replica, for runs in which members change, or are away for long. */
export function wholeNodes(kind: NodeKind): WholeNodes<HostedState, ProtocolMessage, HostedRecord> {
  const { terms: protocols, protocols: hosted } = kind;
  return {
    ...{ clerks: [...kind.clerks.keys()], namedClerks: [...NAMED_CLERKS.keys()], protocols },
    accusedIn,
    tableOf: (protocol) => hosted.get(protocol)?.votes,
    leadersOf: (protocol) => hosted.get(protocol)?.leaders,
    newLife: (owner) => new WholeNode(owner, kind),
  };
}
