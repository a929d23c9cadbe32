import { toEpoch, toMemberIndex, toView } from '#libs/chain/ids.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { QuorumCertificate as WireCertificate } from '#libs/proto/btcfed/consensus/v1/certificate.ts';
import { CertificateKind, HandoverProof, type Scope } from '#libs/proto/btcfed/signer/v1/signer_service.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import { blockStatement } from '#libs/protocol/hotstuff/statements.ts';
import { headerToWire } from '#libs/wire/block.ts';
import { certificateToWire } from '#libs/wire/certificate.ts';
import { openCore } from '#services/signer/running/open-core.ts';
import { handoverTo } from './signer-handovers.ts';
import { signerHome } from './signer-home.ts';
import { withGrounds, withStatement } from './signer-peers.ts';

const SCHEME = 'slh-dsa-sha2-128f';
const VOTERS = [1, 2, 3];

/** A core that runs here, and peers who are about to end its first epoch with a block of view 20, and height 20. */
export async function atTheEnd() {
  const home = await signerHome(SCHEME);
  const { others, publicKey, config } = home;
  const log = memoryLogger();
  const folder = { folder: config.SIGNER_FOLDER, protocol: 'hotstuff', backend: 'auto' } as const;
  const core = await openCore({ ...folder, log, onServing: () => {} });
  const { session } = await core.api.openSession();
  const proof = await handoverTo(others, 1n, others.roster(publicKey));
  const { header, certificate, handover } = proof;
  const last = { header, digest: certificate.digest, transactions: [transactionOf(handover)] };
  const scope = others.scope(session);
  const put = (shown: QuorumCertificate, of: Scope = scope) =>
    core.api.putCertificate({
      ...{ scope: of, kind: CertificateKind.QUORUM },
      chunk: WireCertificate.encode(certificateToWire(shown)).finish(),
    });
  const handOver = () => {
    const wire = { header: headerToWire(header), certificate: certificateToWire(certificate) };
    const chunk = HandoverProof.encode({ ...wire, handover, path: [] }).finish();
    return core.api.putCertificate({ scope, kind: CertificateKind.HANDOVER, chunk });
  };
  /** The PREPARE of members for the last block, when it is proposed again in a later view. */
  const again = async (view: bigint, members = VOTERS, epoch = 0n): Promise<QuorumCertificate> => {
    const block = { height: header.height, digest: last.digest };
    const statement = blockStatement('prepare', toView(view), block);
    const sign = async (member: number) => ({
      member: toMemberIndex(member),
      signature: await others.sign(member, statement, toEpoch(epoch)),
    });
    const signatures = await Promise.all(members.map(sign));
    return { kind: 'prepare', instance: 0n, view: toView(view), ...block, signatures };
  };
  /** The vote of this key to that. */
  const ownVote = async (view: bigint) => {
    const block = { height: header.height, digest: last.digest };
    const proposal = blockStatement('proposal', toView(view), block);
    const vote = withStatement({ ...others.vote('prepare', last), scope }, { view });
    return withGrounds(vote, {
      ...{ justifyView: view - 1n, header: headerToWire(header) },
      proposalSignature: await others.sign(Number(view) % 4, proposal),
    });
  };
  return {
    ...{ core, others, last, put, handOver, again, ownVote, certificate, scope },
    next: { ...scope, epoch: toEpoch(1n) },
    async [Symbol.asyncDispose]() {
      await core.close();
      await home[Symbol.asyncDispose]();
    },
  };
}
