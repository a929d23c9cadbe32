import { HOTSTUFF_WIRE } from '#libs/peer-wire/hotstuff.ts';
import { sealedWire } from '#libs/peer-wire/protocol-wire.ts';
import { host } from '#libs/protocol/hosting/host.ts';
import { HOTSTUFF_DESCRIPTION } from '#libs/protocol/hotstuff/description.ts';
import { hotStuff } from '#libs/protocol/hotstuff/hotstuff.ts';
import type { HotStuffMessage } from '#libs/protocol/hotstuff/message.ts';
import { HOTSTUFF } from '#libs/protocols/hosted-protocols.ts';
import { FOUNDING_PROTOCOLS } from '#libs/protocols/protocols.ts';
import { COMMON_CLERKS } from '../../nodes/clerks.ts';
import type { NodeKind } from '../../nodes/node-kind.ts';
import { PeerCodec } from '../../nodes/peer-codec.ts';
import { type HostedSubject, wholeNodes } from '../../nodes/whole-nodes.ts';
import { hostedSubject, openCodec } from '../../subject/hosted-subject.ts';
import type { WireCodec } from '../../subject/wire-codec.ts';
import { type HotStuffSubject, hotStuffSubject } from '../subject.ts';
import { rollForger } from './roll-forger.ts';

/** HotStuff in the engine and with the wire format of production; or a subject that differs in its module. */
export function hostedHotStuff(subject: HotStuffSubject = hotStuffSubject): HostedSubject {
  const { module } = subject;
  return subjectOf(subject, module === hotStuff ? HOTSTUFF : host({ ...HOTSTUFF_DESCRIPTION, module }));
}

function subjectOf(subject: HotStuffSubject, protocol: typeof HOTSTUFF): HostedSubject {
  const nodes = nodesOf(protocol);
  return { ...hostedSubject(subject, protocol), nodes, codec: nodes.codec, whole: wholeNodes(nodes) };
}

function nodesOf(protocol: typeof HOTSTUFF): NodeKind {
  const { messages } = protocol;
  return {
    protocols: new Map([[protocol.id, protocol]]),
    terms: FOUNDING_PROTOCOLS,
    codec: new PeerCodec(protocol.id, new Map([[protocol.id, sealedWire(HOTSTUFF_WIRE, messages)]])),
    clerks: new Map([...COMMON_CLERKS, ['roll-forger', (tools) => rollForger(tools, messages)]]),
  };
}

/** The wire format of production, for replicas of HotStuff without an engine around them. */
export const hotStuffCodec: WireCodec<HotStuffMessage> = openCodec(
  nodesOf(HOTSTUFF).codec,
  HOTSTUFF.messages,
);
