import { assert } from '#libs/assert/assert.ts';
import type { ProtocolMessage } from '#libs/protocol/hosting/hosted-protocol.ts';
import type { ActorFactory } from '../subject/actor.ts';
import type { NodeKind } from './node-kind.ts';
import { type HostedSubject, wholeNodes } from './whole-nodes.ts';

/**
 * Whole nodes whose members may vote for another protocol: the subject of the first one, that asks of each message and each
 * record the subject of its protocol.
 * @param others - The protocols that a change of the terms may name beside the founding one.
 */
export function switchingNodes(founding: HostedSubject, others: readonly HostedSubject[]): HostedSubject {
  const all = [founding, ...others];
  const byId = new Map(all.map((subject) => [subject.module.id, subject]));
  const of = ({ protocol }: { readonly protocol: string }): HostedSubject => {
    const subject = byId.get(protocol);
    assert(subject !== undefined, `no node of this world runs ${protocol}`);
    return subject;
  };
  const nodes = nodesOf(founding.nodes, others);
  return {
    ...founding,
    module: {
      ...founding.module,
      claims: (message) => of(message).module.claims(message),
      ownClaim: (message) => of(message).module.ownClaim(message),
    },
    actors: new Map(
      all.flatMap(({ actors }) => [...actors.keys()]).map((name) => [name, lying(name, of)] as const),
    ),
    marks: (record) => of(record).marks(record),
    remembers: (record, statement) => of(record).remembers(record, statement),
    supports: (record, statement) => of(record).supports(record, statement),
    certificates: (message) => of(message).certificates(message),
    stored: (record) => of(record).stored(record),
    step: (message) => of(message).step(message),
    describe: (message) => of(message).describe(message),
    nodes,
    codec: nodes.codec,
    whole: wholeNodes(nodes),
  };
}

function nodesOf(founding: NodeKind, others: readonly HostedSubject[]): NodeKind {
  const kinds = [founding, ...others.map(({ nodes }) => nodes)];
  return {
    protocols: new Map(kinds.flatMap(({ protocols }) => [...protocols])),
    terms: new Map(kinds.flatMap(({ terms }) => [...terms])),
    codec: kinds.slice(1).reduce((codec, kind) => codec.with(kind.codec), founding.codec),
    clerks: founding.clerks,
  };
}

/** A liar tells its lie where the protocol of the epoch has one of that name, and is faithful in the others. */
function lying(
  name: string,
  of: (named: { readonly protocol: string }) => HostedSubject,
): ActorFactory<ProtocolMessage> {
  return (tools) =>
    of(tools).actors.get(name)?.(tools) ?? { outgoing: (to, message) => tools.send(to, message) };
}
