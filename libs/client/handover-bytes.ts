import { GetHandoverResponse } from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import { headerToWire } from '#libs/wire/block.ts';
import { certificateToWire } from '#libs/wire/certificate.ts';
import { invalidAnswer } from './errors.ts';
import { type ClientHandover, handoverFrom } from './membership.ts';

/** A handover as a file holds it: the answer of a member, without its claims about itself. */
export function handoverBytes({ header, certificate, handover, payloadProof }: ClientHandover): Uint8Array {
  const { index: leafIndex, size: treeSize, path } = payloadProof;
  return GetHandoverResponse.encode({
    header: undefined,
    blockHeader: headerToWire(header),
    handover,
    payloadProof: { leafIndex, treeSize, path: [...path] },
    commitCertificate: certificateToWire(certificate),
  }).finish();
}

/** @param name - Its name in an error. @throws FederationClientError `CLIENT_ANSWER_INVALID`. */
export function handoverOfBytes(bytes: Uint8Array, name: string): ClientHandover {
  return handoverFrom(decoded(bytes, name));
}

function decoded(bytes: Uint8Array, name: string): GetHandoverResponse {
  try {
    return GetHandoverResponse.decode(bytes);
  } catch (cause) {
    throw invalidAnswer(`${name} cannot be read`, cause);
  }
}
