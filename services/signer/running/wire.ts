import { toHeight } from '#libs/chain/ids.ts';
import type { Asking } from '#libs/custody/statement-request.ts';
import { decodeChange } from '#libs/membership/change.ts';
import { CHANGE_BYTES_MAX } from '#libs/membership/limits.ts';
import {
  QuorumCertificate as WireQuorumCertificate,
  TimeoutCertificate as WireTimeoutCertificate,
} from '#libs/proto/btcfed/consensus/v1/certificate.ts';
import {
  CertificateKind,
  HandoverProof,
  Opening,
  type PutCertificateRequest,
  type SignMembershipVoteRequest,
} from '#libs/proto/btcfed/signer/v1/signer_service.ts';
import { headerFromWire } from '#libs/wire/block.ts';
import { certificateFromWire } from '#libs/wire/certificate.ts';
import { leaveFromWire } from '#libs/wire/leave-certificate.ts';
import { WIRE_LIMITS } from '#libs/wire/limits.ts';
import { bounded } from '../socket/bounded-message.ts';
import { VIEW_MAX } from '../words/limits.ts';
import type { VoteAsker, WantedVote } from './rules/vote-rules.ts';
import type { AnyCertificate } from './signer-core.ts';
import { askingFromWire, digestFromField, malformed, readable } from './wire-fields.ts';

/** Only bytes that are a change are signed as one. */
export function membershipVoteFromWire(
  { change, goodUntil }: SignMembershipVoteRequest,
  asker: VoteAsker,
): WantedVote {
  const read = change.length > CHANGE_BYTES_MAX ? undefined : decodeChange(change);
  if (read === undefined || read.epoch > VIEW_MAX) throw malformed('change');
  // Every request leaves an audit row, which names the epoch; heights are bounded as views are.
  if (goodUntil === 0n || goodUntil > VIEW_MAX) throw malformed('good_until');
  return { change: read, goodUntil: toHeight(goodUntil), asker };
}

/** A whole certificate. */
export function certificateRequestFromWire(wire: PutCertificateRequest): {
  readonly asking: Asking;
  readonly certificate: AnyCertificate;
} {
  return { asking: askingFromWire(wire.scope), certificate: readable('chunk', () => anyCertificate(wire)) };
}

function anyCertificate({ kind, chunk }: PutCertificateRequest): AnyCertificate {
  switch (kind) {
    case CertificateKind.QUORUM: {
      const certificate = certificateFromWire(WireQuorumCertificate.decode(bounded(chunk)), WIRE_LIMITS);
      return { kind: 'quorum', certificate };
    }
    case CertificateKind.TIMEOUT: {
      const certificate = leaveFromWire(WireTimeoutCertificate.decode(bounded(chunk)), WIRE_LIMITS);
      return { kind: 'leave', certificate };
    }
    case CertificateKind.OPENING: {
      const { header: wire, certificate: decides } = Opening.decode(bounded(chunk));
      if (wire === undefined) throw malformed('header');
      const header = headerFromWire(wire, WIRE_LIMITS);
      return { kind: 'opening', header, certificate: certificateFromWire(decides, WIRE_LIMITS) };
    }
    case CertificateKind.HANDOVER: {
      const proof = HandoverProof.decode(bounded(chunk));
      if (proof.header === undefined) throw malformed('header');
      const header = headerFromWire(proof.header, WIRE_LIMITS);
      const certificate = certificateFromWire(proof.certificate, WIRE_LIMITS);
      const path = proof.path.map((node) => digestFromField('path', node));
      return { kind: 'handover', certificate, header, path, handover: proof.handover };
    }
    default:
      throw malformed('kind');
  }
}
