import { sha256Hex } from '#libs/bytes/sha256.ts';
import { federationSizes } from '#libs/chain/federation-sizes.ts';
import { digestBytes } from '#libs/chain/ids.ts';
import { lastSigned } from '#libs/custody/custody-state.ts';
import type { GetSignerResponse, Timing } from '#libs/proto/btcfed/signer/v1/signer_service.ts';
import type { SignerApi } from '../socket/signer-api.ts';
import { CERTIFICATE_BYTES_FREE, CERTIFICATE_BYTES_MAX, CHUNK_BYTES_MAX } from '../words/limits.ts';
import type { Custody } from './custody.ts';
import type { SigningTiming } from './rules/signing-pace.ts';
import { signedAuditHead } from './signed-audit-head.ts';
import type { SignerCore } from './signer-core.ts';
import { signingRequestFromWire } from './signing-wire.ts';
import { certificateRequestFromWire, membershipVoteFromWire } from './wire.ts';

/** The core, in the messages of the wire. */
export function coreApi(core: SignerCore, custody: Custody): SignerApi {
  return {
    getSigner: async () => described(core, custody),
    openSession: async () => ({ session: core.openSession() }),
    async putCertificate(request) {
      const { asking, certificate } = certificateRequestFromWire(request);
      await core.putCertificate(asking, certificate, sha256Hex(request.chunk));
      return { view: certificate.certificate.view, signaturesVerified: certificate.kind === 'quorum' };
    },
    async sign(request, { patienceMs } = {}) {
      const { signature, key, isRepeated, timing } = await core.sign(
        signingRequestFromWire(request),
        patienceMs,
      );
      const made = { signature, key: key && digestBytes(key), repeatedSignature: isRepeated };
      return { ...made, timing: timing && timingToWire(timing) };
    },
    signMembershipVote: async (request) => ({
      signature: await core.signMembershipVote(membershipVoteFromWire(request, 'client')),
    }),
    signAutomaticVote: async (request) => ({
      signature: await core.signMembershipVote(membershipVoteFromWire(request, 'automatic')),
    }),
  };
}

/** A timeout certificate of all members, with the certificate in it. */
function certificateBytesMax(members: number, { sizes }: Custody['scheme']): number {
  const { leaveCertificateBytesMax } = federationSizes({ members, signatureBytes: sizes.signature });
  const all = leaveCertificateBytesMax + CHUNK_BYTES_MAX;
  return Math.min(Math.max(all, CERTIFICATE_BYTES_FREE), CERTIFICATE_BYTES_MAX);
}

function timingToWire({ waitMs, recordMs, signMs }: SigningTiming): Timing {
  return { waitMicros: micros(waitMs), recordMicros: micros(recordMs), signMicros: micros(signMs) };
}

function micros(ms: number): bigint {
  return BigInt(Math.round(ms * 1000));
}

function described(core: SignerCore, custody: Custody): GetSignerResponse {
  const { scheme, key, ledger, custodian } = custody;
  const { state } = custodian;
  const last = lastSigned(state);
  return {
    scheme: scheme.name,
    publicKey: key.publicKey,
    chainDigest: digestBytes(state.chain),
    lastView: last.view,
    lastInstance: last.instance,
    signatureCount: ledger.signatureCount(),
    backend: scheme.backend,
    mode: state.mode,
    session: state.session,
    epoch: state.epoch,
    lastEpoch: last.epoch,
    protocol: state.protocol,
    auditHead: signedAuditHead(custody),
    locked: key.isLocked,
    fault: key.fault ?? '',
    lockView: state.lock?.view ?? 0n,
    provenView: state.proven,
    startCount: ledger.startCount(),
    verifier: core.verifierCounts,
    certificateBytesMax: BigInt(certificateBytesMax(custodian.context.set.members.length, scheme)),
  };
}
