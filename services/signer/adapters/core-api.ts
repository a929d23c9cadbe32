import { digestBytes } from '#libs/chain/ids.ts';
import { lastSigned } from '#libs/custody/custody-state.ts';
import type { GetSignerResponse } from '#libs/proto/btcfed/signer/v1/signer_service.ts';
import type { Custody } from '../custody.ts';
import type { SignerApi } from '../signer-api.ts';
import type { SignerCore, SigningRequest } from '../signer-core.ts';
import { signedAuditHead } from './signed-audit-head.ts';
import {
  certificateRequestFromWire,
  changeFromWire,
  proposalFromWire,
  timeoutFromWire,
  voteFromWire,
} from './wire.ts';

/** The core in the words of the wire. */
export function coreApi(core: SignerCore, custody: Custody): SignerApi {
  const signed = async (request: SigningRequest) => {
    const { signature, isRepeated } = await core.sign(request);
    return { signature, repeatedSignature: isRepeated };
  };
  return {
    getSigner: async () => described(custody),
    openSession: async () => ({ session: core.openSession() }),
    async putCertificate(request) {
      const { asking, certificate } = certificateRequestFromWire(request);
      await core.putCertificate(asking, certificate);
      return { view: certificate.certificate.view };
    },
    signProposal: async (request) => signed(proposalFromWire(request)),
    signVote: async (request) => signed(voteFromWire(request)),
    signTimeout: async (request) => signed(timeoutFromWire(request)),
    signMembershipVote: async (request) => ({
      signature: await core.signMembershipVote(changeFromWire(request)),
    }),
  };
}

function described(custody: Custody): GetSignerResponse {
  const { scheme, key, ledger, custodian } = custody;
  const { state } = custodian;
  const last = lastSigned(state);
  return {
    scheme: scheme.name,
    publicKey: key.publicKey,
    chainDigest: digestBytes(state.chain),
    lastView: last.view,
    signatureCount: ledger.signatureCount(),
    backend: scheme.backend,
    mode: state.mode,
    session: state.session,
    epoch: state.epoch,
    lastEpoch: last.epoch,
    auditHead: signedAuditHead(custody),
    locked: key.isLocked,
    fault: key.fault ?? '',
    lockView: state.lock?.view ?? 0n,
    provenView: state.proven,
  };
}
