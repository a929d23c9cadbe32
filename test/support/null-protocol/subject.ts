import type { Height } from '#libs/chain/ids.ts';
import { sealedWire } from '#libs/peer-wire/protocol-wire.ts';
import type { FoundingProtocols } from '#libs/protocol/parameters.ts';
import { COMMON_CLERKS } from '#libs/simulation/nodes/clerks.ts';
import type { NodeKind } from '#libs/simulation/nodes/node-kind.ts';
import { PeerCodec } from '#libs/simulation/nodes/peer-codec.ts';
import { type HostedSubject, wholeNodes } from '#libs/simulation/nodes/whole-nodes.ts';
import { hostedSubject } from '#libs/simulation/subject/hosted-subject.ts';
import type { Subject } from '#libs/simulation/subject/subject.ts';
import { NULL, NULL_DESCRIPTION, NULL_TERMS } from './description.ts';
import { type NullMessage, positionOf } from './message.ts';
import { nullProtocol } from './null-protocol.ts';
import type { NullRecord, NullState } from './state.ts';
import { NULL_WIRE } from './wire.ts';

const NULL_PROTOCOLS: FoundingProtocols = new Map([[NULL.id, NULL_TERMS]]);

/** The null protocol as the simulation sees it. Nobody lies in it. */
export const nullSubject: Subject<NullState, NullMessage, NullRecord> = {
  module: nullProtocol,
  leaders: NULL_DESCRIPTION.leaders,
  shape: NULL_DESCRIPTION.shape,
  actors: new Map(),
  marks: ({ height }) => ({ height: positionOf(height) }),
  remembers: ({ height, proposed, voted }, { kind, instance, block }) =>
    instance === height && block?.digest === (kind === 'vote' ? voted : proposed),
  supports: () => true,
  certificates: (message) => (message.kind === 'decision' ? [message.certificate] : []),
  stored: () => [],
  load: ({ votes, said, context }) => [
    { name: 'votes', size: votes.size, max: context.set.members.length },
    { name: 'outgoing messages', size: said.length, max: 2 },
  ],
  rest: ({ votes }) => [{ name: 'votes', size: votes.size, max: 0 }],
  step: (message) => ({ ...positionOf(heightOf(message)), phase: message.kind }),
  describe: ({ kind }) => kind,
};

function heightOf(message: NullMessage): Height {
  switch (message.kind) {
    case 'proposal':
      return message.block.header.height;
    case 'vote':
      return message.block.height;
    case 'decision':
      return message.certificate.height;
  }
}

export const NULL_SEALED_WIRE = sealedWire(NULL_WIRE, NULL.messages);

/** The null protocol in the engine. */
export function hostedNull(): HostedSubject {
  const nodes: NodeKind = {
    protocols: new Map([[NULL.id, NULL]]),
    terms: NULL_PROTOCOLS,
    codec: new PeerCodec(NULL.id, new Map([[NULL.id, NULL_SEALED_WIRE]])),
    clerks: COMMON_CLERKS,
  };
  return { ...hostedSubject(nullSubject, NULL), nodes, codec: nodes.codec, whole: wholeNodes(nodes) };
}
