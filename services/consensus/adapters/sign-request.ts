import { digestBytes } from '#libs/chain/ids.ts';
import type { QuorumCertificate as WireCertificate } from '#libs/proto/btcfed/consensus/v1/certificate.ts';
import type {
  SignRequest,
  Grounds as WireGrounds,
  Statement as WireStatement,
} from '#libs/proto/btcfed/signer/v1/signer_service.ts';
import type { Grounds } from '#libs/protocol/grounds.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import { headerToWire } from '#libs/wire/block.ts';
import type { SigningOrder } from './signing-order.ts';

/**
 * A statement and its grounds as the signer reads them.
 * @param inline - The certificate that goes along with it; a certificate that the signer has, or that is too long, does not.
 */
export function signRequestOf(
  { statement, grounds }: Pick<SigningOrder, 'statement' | 'grounds'>,
  inline: WireCertificate | undefined,
): Omit<SignRequest, 'scope'> {
  return { statement: statementToWire(statement), grounds: groundsToWire(grounds, inline) };
}

function statementToWire({ kind, instance, view, block, reports }: VoteStatement): WireStatement {
  return {
    ...{ kind, instance, view },
    block: block && { height: block.height, digest: digestBytes(block.digest) },
    reports: reports.map((report) => ({ ...report, digest: digestBytes(report.digest) })),
  };
}

function groundsToWire(
  { header, certificate, proposalSignature }: Grounds,
  inline: WireCertificate | undefined,
): WireGrounds {
  const { signature = new Uint8Array(), key } = proposalSignature ?? {};
  return {
    header: header && headerToWire(header),
    justifyView: header === undefined ? 0n : (certificate?.view ?? 0n),
    proposalSignature: signature,
    proposalKey: key && digestBytes(key),
    certificate: inline,
  };
}
