import { toCertifiedKeyDigest, toHeight, toView } from '#libs/chain/ids.ts';
import type {
  BlockReference,
  SignRequest,
  Grounds as WireGrounds,
  Report as WireReport,
  Statement as WireStatement,
} from '#libs/proto/btcfed/signer/v1/signer_service.ts';
import type { KeySignature } from '#libs/protocol/signed.ts';
import { isKindName } from '#libs/protocol/vote/kind-name.ts';
import type { BlockRef, Report, VoteStatement } from '#libs/protocol/vote/statement.ts';
import { headerFromWire } from '#libs/wire/block.ts';
import { certificateFromWire } from '#libs/wire/certificate.ts';
import { WIRE_LIMITS } from '#libs/wire/limits.ts';
import { REPORTS_MAX } from '../words/limits.ts';
import type { SigningRequest } from './signer-core.ts';
import { askingFromWire, digestFromField, malformed, numberFromWire, readable } from './wire-fields.ts';

/**
 * A request for a signature, bounded and without values that no protocol has. Whether the protocol of the epoch has such a
 * statement is for the table (libs/protocol/vote/shape.ts).
 * @throws SignerError `SIGNER_MALFORMED` with the name of the field.
 */
export function signingRequestFromWire({ scope, statement, grounds }: SignRequest): SigningRequest {
  const asking = askingFromWire(scope);
  if (statement === undefined) throw malformed('statement');
  return {
    asking,
    statement: statementFromWire(statement),
    ...(grounds === undefined ? { grounds: {}, justifyView: undefined } : groundsFromWire(grounds)),
  };
}

function statementFromWire({ kind, instance, view, block, reports }: WireStatement): VoteStatement {
  if (!isKindName(kind)) throw malformed('statement.kind');
  if (reports.length > REPORTS_MAX) throw malformed('statement.reports');
  return {
    kind,
    instance: numberFromWire('statement.instance', instance),
    view: toView(numberFromWire('statement.view', view)),
    block: block === undefined ? undefined : blockFromWire(block),
    reports: reports.map(reportFromWire),
  };
}

function blockFromWire({ height, digest }: BlockReference): BlockRef {
  return {
    height: toHeight(numberFromWire('statement.block.height', height)),
    digest: digestFromField('statement.block.digest', digest),
  };
}

function reportFromWire({ instance, view, digest }: WireReport): Report {
  return {
    instance: numberFromWire('statement.reports.instance', instance),
    view: toView(numberFromWire('statement.reports.view', view)),
    digest: digestFromField('statement.reports.digest', digest),
  };
}

function groundsFromWire(wire: WireGrounds): Pick<SigningRequest, 'grounds' | 'justifyView'> {
  const { header, justifyView, certificate } = wire;
  const proposalSignature = proposalSignatureFromWire(wire);
  const shown = {
    ...(proposalSignature === undefined ? {} : { proposalSignature }),
    ...(certificate === undefined
      ? {}
      : {
          certificate: readable('grounds.certificate', () => certificateFromWire(certificate, WIRE_LIMITS)),
        }),
  };
  if (header === undefined) return { grounds: shown, justifyView: undefined };
  return {
    grounds: { header: readable('grounds.header', () => headerFromWire(header, WIRE_LIMITS)), ...shown },
    justifyView: toView(numberFromWire('grounds.justify_view', justifyView)),
  };
}

function proposalSignatureFromWire({
  proposalSignature: signature,
  proposalKey,
}: WireGrounds): KeySignature | undefined {
  if (signature.length > WIRE_LIMITS.signatureBytesMax) throw malformed('grounds.proposal_signature');
  if (proposalKey === undefined) return signature.length === 0 ? undefined : { signature };
  if (signature.length === 0) throw malformed('grounds.proposal_key');
  const key = toCertifiedKeyDigest(digestFromField('grounds.proposal_key', proposalKey));
  return { signature, key };
}
