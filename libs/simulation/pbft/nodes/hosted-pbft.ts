import { sealedWire } from '#libs/peer-wire/protocol-wire.ts';
import { ROUNDS_WIRE } from '#libs/peer-wire/rounds.ts';
import { host } from '#libs/protocol/hosting/host.ts';
import { PBFT_DESCRIPTION } from '#libs/protocol/pbft/description.ts';
import { pbft } from '#libs/protocol/pbft/pbft.ts';
import { PBFT } from '#libs/protocols/hosted-protocols.ts';
import { FOUNDING_PROTOCOLS } from '#libs/protocols/protocols.ts';
import { COMMON_CLERKS } from '../../nodes/clerks.ts';
import type { NodeKind } from '../../nodes/node-kind.ts';
import { PeerCodec } from '../../nodes/peer-codec.ts';
import { type HostedSubject, wholeNodes } from '../../nodes/whole-nodes.ts';
import type { RoundsSubject } from '../../rounds/rounds-subject.ts';
import { hostedSubject } from '../../subject/hosted-subject.ts';
import { pbftSubject } from '../subject.ts';

/** PBFT in the engine and with the wire format of production; or a subject that differs in its module. */
export function hostedPbft(subject: RoundsSubject = pbftSubject): HostedSubject {
  const { module } = subject;
  const protocol = module === pbft ? PBFT : host({ ...PBFT_DESCRIPTION, module });
  const nodes = nodesOf(protocol);
  return { ...hostedSubject(subject, protocol), nodes, codec: nodes.codec, whole: wholeNodes(nodes) };
}

function nodesOf(protocol: typeof PBFT): NodeKind {
  return {
    protocols: new Map([[protocol.id, protocol]]),
    terms: FOUNDING_PROTOCOLS,
    codec: new PeerCodec(protocol.id, new Map([[protocol.id, sealedWire(ROUNDS_WIRE, protocol.messages)]])),
    clerks: COMMON_CLERKS,
  };
}
