import { toHex } from '#libs/bytes/hex.ts';
import type { BlockHeader } from '#libs/chain/block.ts';
import {
  type Digest,
  toCertifiedKeyDigest,
  toDigest,
  toEpoch,
  toHeight,
  toView,
  type View,
} from '#libs/chain/ids.ts';
import type { Asking } from '#libs/custody/statement-request.ts';
import { decodeChange } from '#libs/membership/change.ts';
import { CHANGE_BYTES_MAX } from '#libs/membership/limits.ts';
import type { BlockHeader as WireHeader } from '#libs/proto/btcfed/consensus/v1/block.ts';
import {
  Phase as WirePhase,
  QuorumCertificate as WireQuorumCertificate,
  TimeoutCertificate as WireTimeoutCertificate,
} from '#libs/proto/btcfed/consensus/v1/certificate.ts';
import {
  CertificateKind,
  HandoverProof,
  type PutCertificateRequest,
  type Scope,
  type SignMembershipVoteRequest,
  type SignProposalRequest,
  type SignTimeoutRequest,
  type SignVoteRequest,
} from '#libs/proto/btcfed/signer/v1/signer_service.ts';
import { blockStatement, type Phase, timeoutStatement } from '#libs/protocol/hotstuff/statements.ts';
import { headerFromWire } from '#libs/wire/block.ts';
import { certificateFromWire, timeoutCertificateFromWire } from '#libs/wire/certificate.ts';
import { WIRE_LIMITS } from '#libs/wire/limits.ts';
import { bounded } from '../socket/bounded-message.ts';
import { SignerError } from '../words/errors.ts';
import { VIEW_MAX } from '../words/limits.ts';
import type { VoteAsker, WantedVote } from './rules/vote-rules.ts';
import type { AnyCertificate, SigningRequest } from './signer-core.ts';

const DIGEST_BYTES = 32;

const PHASE_FROM_WIRE: Readonly<Record<number, Phase>> = {
  [WirePhase.PREPARE]: 'prepare',
  [WirePhase.PRE_COMMIT]: 'pre-commit',
  [WirePhase.COMMIT]: 'commit',
};

/**
 * Values that Protobuf allows and the protocol does not are refused here, as SIGNER_MALFORMED with the name of
 * the field.
 */
export function proposalRequestFromWire(wire: SignProposalRequest): SigningRequest {
  return {
    asking: askingFromWire(wire.scope),
    statement: blockStatement('proposal', viewFromWire('view', wire.view), {
      height: toHeight(heightFromWire(wire.height)),
      digest: digestFromWire('block_digest', wire.blockDigest),
    }),
    ...groundsFromWire(wire.header, wire.justifyView, new Uint8Array()),
  };
}

export function voteRequestFromWire(wire: SignVoteRequest): SigningRequest {
  const kind = PHASE_FROM_WIRE[wire.phase];
  if (kind === undefined) throw malformed('phase');
  return {
    asking: askingFromWire(wire.scope),
    statement: blockStatement(kind, viewFromWire('view', wire.view), {
      height: toHeight(heightFromWire(wire.height)),
      digest: digestFromWire('block_digest', wire.blockDigest),
    }),
    ...withCertificate(
      groundsFromWire(wire.header, wire.justifyView, wire.proposalSignature, wire.proposalKey),
      wire.certificate,
    ),
  };
}

function withCertificate(
  { grounds, justifyView }: Pick<SigningRequest, 'grounds' | 'justifyView'>,
  wire: WireQuorumCertificate | undefined,
): Pick<SigningRequest, 'grounds' | 'justifyView'> {
  if (wire === undefined) return { grounds, justifyView };
  const certificate = readable('certificate', () => certificateFromWire(wire, WIRE_LIMITS));
  return { grounds: { ...grounds, certificate }, justifyView };
}

/** The certificate reported in a timeout is of this view at most: nobody has one of a view not begun. */
export function timeoutRequestFromWire(wire: SignTimeoutRequest): SigningRequest {
  const view = viewFromWire('view', wire.view);
  if (wire.highView > view) throw malformed('high_view');
  return {
    asking: askingFromWire(wire.scope),
    statement: timeoutStatement(view, {
      view: toView(wire.highView),
      digest: digestFromWire('high_block_digest', wire.highBlockDigest),
    }),
    ...groundsFromWire(undefined, 0n, new Uint8Array()),
  };
}

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
      const certificate = timeoutCertificateFromWire(
        WireTimeoutCertificate.decode(bounded(chunk)),
        WIRE_LIMITS,
      );
      return { kind: 'timeout', certificate };
    }
    case CertificateKind.HANDOVER: {
      const proof = HandoverProof.decode(bounded(chunk));
      if (proof.header === undefined) throw malformed('header');
      const header = headerFromWire(proof.header, WIRE_LIMITS);
      const certificate = certificateFromWire(proof.certificate, WIRE_LIMITS);
      const path = proof.path.map((node) => digestFromWire('path', node));
      return { kind: 'handover', certificate, header, path, handover: proof.handover };
    }
    default:
      throw malformed('kind');
  }
}

function groundsFromWire(
  header: WireHeader | undefined,
  justifyView: bigint,
  proposalSignature: Uint8Array,
  proposalKey?: Uint8Array | undefined,
): Pick<SigningRequest, 'grounds' | 'justifyView'> {
  if (proposalSignature.length > WIRE_LIMITS.signatureBytesMax) throw malformed('proposal_signature');
  const isNamed = proposalKey !== undefined;
  if (isNamed && (proposalKey.length !== DIGEST_BYTES || proposalSignature.length === 0))
    throw malformed('proposal_key');
  const key = isNamed ? { key: toCertifiedKeyDigest(toHex(proposalKey)) } : {};
  const shown = { proposalSignature: { signature: proposalSignature, ...key } };
  const signature = proposalSignature.length === 0 ? {} : shown;
  if (header === undefined) return { grounds: signature, justifyView: undefined };
  if (justifyView > VIEW_MAX) throw malformed('justify_view');
  const ours = readable('header', (): BlockHeader => headerFromWire(header, WIRE_LIMITS));
  return { grounds: { header: ours, ...signature }, justifyView: toView(justifyView) };
}

/**
 * A message that cannot be decoded, or holds an impossible value, is malformed: a broken sender, not a broken signer.
 */
function readable<Value>(field: string, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    throw error instanceof SignerError ? error : malformed(field);
  }
}

function askingFromWire(scope: Scope | undefined): Asking {
  if (scope === undefined) throw malformed('scope');
  if (scope.epoch > VIEW_MAX) throw malformed('scope.epoch');
  // Each request leaves an audit row, which names its session: a number that no row can hold would stop the signer.
  if (scope.session > VIEW_MAX) throw malformed('scope.session');
  return {
    chain: digestFromWire('scope.chain_digest', scope.chainDigest),
    epoch: toEpoch(scope.epoch),
    session: scope.session,
  };
}

/** View 0 is genesis, and nobody signs it. */
function viewFromWire(field: string, view: bigint): View {
  if (view === 0n || view > VIEW_MAX) throw malformed(field);
  return toView(view);
}

function heightFromWire(height: bigint): bigint {
  if (height > VIEW_MAX) throw malformed('height');
  return height;
}

function digestFromWire(field: string, bytes: Uint8Array): Digest {
  if (bytes.length !== DIGEST_BYTES) throw malformed(field);
  return toDigest(toHex(bytes));
}

function malformed(field: string): SignerError {
  return new SignerError(`malformed request: ${field}`, { code: 'SIGNER_MALFORMED', field });
}
