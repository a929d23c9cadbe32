import { sealedWire } from '#libs/peer-wire/protocol-wire.ts';
import { ROUNDS_WIRE } from '#libs/peer-wire/rounds.ts';
import type { ProtocolDescription } from '#libs/protocol/hosting/description.ts';
import { host } from '#libs/protocol/hosting/host.ts';
import type { Hosted } from '#libs/protocol/hosting/hosted-protocol.ts';

import type { RoundsMessage } from '#libs/protocol/rounds/message.ts';
import type { RoundsRecord } from '#libs/protocol/rounds/record.ts';
import type { RoundsState } from '#libs/protocol/rounds/state.ts';
import { FOUNDING_PROTOCOLS } from '#libs/protocols/protocols.ts';
import { COMMON_CLERKS } from '../../nodes/clerks.ts';
import { PeerCodec } from '../../nodes/peer-codec.ts';
import { type HostedSubject, wholeNodes } from '../../nodes/whole-nodes.ts';
import { hostedSubject } from '../../subject/hosted-subject.ts';
import type { RoundsSubject } from '../rounds-subject.ts';

/** A protocol of locked rounds, as its folder describes it and as it is hosted. */
export interface RoundsProtocol {
  readonly description: ProtocolDescription<RoundsState, RoundsMessage, RoundsRecord>;
  readonly hosted: Hosted<RoundsState, RoundsMessage, RoundsRecord>;
}

/** A protocol of locked rounds in the engine and with the wire format of production; or a subject that differs in its module. */
export function hostedRounds({ description, hosted }: RoundsProtocol, subject: RoundsSubject): HostedSubject {
  const { module } = subject;
  const protocol = module === description.module ? hosted : host({ ...description, module });
  const nodes = {
    protocols: new Map([[protocol.id, protocol]]),
    terms: FOUNDING_PROTOCOLS,
    codec: new PeerCodec(protocol.id, new Map([[protocol.id, sealedWire(ROUNDS_WIRE, protocol.messages)]])),
    clerks: COMMON_CLERKS,
  };
  return { ...hostedSubject(subject, protocol), nodes, codec: nodes.codec, whole: wholeNodes(nodes) };
}
