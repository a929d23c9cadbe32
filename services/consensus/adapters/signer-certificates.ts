import type { Epoch } from '#libs/chain/ids.ts';
import { type GrpcClient, RemoteError } from '#libs/grpc/client.ts';
import {
  QuorumCertificate as WireCertificate,
  TimeoutCertificate as WireTimeout,
} from '#libs/proto/btcfed/consensus/v1/certificate.ts';
import {
  CertificateKind,
  HandoverProof,
  Opening,
  type Scope,
  type SignerServiceDefinition,
} from '#libs/proto/btcfed/signer/v1/signer_service.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import { factOf } from '#libs/protocol/certificate-name.ts';
import type { EntryProof, OpeningProof } from '#libs/protocol/grounds.ts';
import type { LeaveCertificate } from '#libs/protocol/leave-certificate.ts';
import { headerToWire } from '#libs/wire/block.ts';
import { certificateToWire } from '#libs/wire/certificate.ts';
import { leaveToWire } from '#libs/wire/leave-certificate.ts';
import { sendInPieces } from './certificate-pieces.ts';
import { SentNames } from './sent-names.ts';
import type { SigningOrder } from './signing-order.ts';

/** Consensus can verify a certificate itself, so it waits for less than a view. */
const PROOF_DEADLINE_MS = 2_000;
/**
 * Bytes that may go with the vote, the leader's signature included: the signer takes requests up to 128 KiB
 * (services/signer/README.md R10). Seven signatures of 128f.
 */
const INLINE_BYTES_MAX = 120 * 1024;

/**
 * Hands certificates to the signer, each once: the signer remembers their content, and asks for those that it lacks.
 */
export class SignerCertificates {
  readonly #client: GrpcClient<typeof SignerServiceDefinition>;
  readonly #scope: (epoch: Epoch) => Scope;
  readonly #sent = new SentNames();

  constructor(client: GrpcClient<typeof SignerServiceDefinition>, scope: (epoch: Epoch) => Scope) {
    this.#client = client;
    this.#scope = scope;
  }

  /**
   * The certificate that a statement rests on, to be sent along with it when the signer has not seen it: one message, and one
   * wait. A certificate that is too long for that is handed over first.
   * @throws RemoteError
   */
  async inlineOrPut({ grounds, epoch }: SigningOrder): Promise<WireCertificate | undefined> {
    const { certificate } = grounds;
    if (certificate === undefined || this.#sent.has(factOf(certificate))) return undefined;
    const bytes = bytesOf(certificate) + (grounds.proposalSignature?.signature.length ?? 0);
    if (bytes > INLINE_BYTES_MAX) {
      await unlessRefused(this.put(certificate, epoch));
      return undefined;
    }
    this.#sent.add(factOf(certificate));
    return certificateToWire(certificate);
  }

  /**
   * Shows the decided block that a height stands on, once: it may say who leads there. A refusal is ignored, as with a certificate.
   * @param isAgain - Whether it was shown to this signer before, which may have been started anew since.
   */
  async showOpening(opening: OpeningProof | undefined, epoch: Epoch, isAgain = false): Promise<void> {
    if (opening === undefined) return;
    const { header, certificate } = opening;
    // The root of an epoch has no signatures, and the signer knows who leads after it.
    if (certificate.signatures.length === 0) return;
    const name = `opening ${factOf(certificate)}`;
    if (!isAgain && this.#sent.has(name)) return;
    this.#sent.add(name);
    const content = { header: headerToWire(header), certificate: certificateToWire(certificate) };
    await unlessRefused(this.#send(CertificateKind.OPENING, Opening.encode(content).finish(), epoch));
  }

  /** Shows how the view before was left, once: it says which blocks this one may have. A refusal is ignored, as with a certificate. */
  async showLeft(left: LeaveCertificate | undefined, epoch: Epoch): Promise<void> {
    if (left === undefined) return;
    const { instance, view, high } = left;
    const name = `left ${instance}/${view} ${high?.digest}`;
    if (this.#sent.has(name)) return;
    this.#sent.add(name);
    await unlessRefused(this.#putLeft(left, epoch));
  }

  /** Hands a certificate over, whether it was before or not. @throws RemoteError */
  async put(certificate: QuorumCertificate | undefined, epoch: Epoch): Promise<void> {
    // The root of an epoch has no signatures, and the signer knows it.
    if (certificate === undefined || certificate.signatures.length === 0) return;
    this.#sent.add(factOf(certificate));
    const content = WireCertificate.encode(certificateToWire(certificate)).finish();
    await this.#send(CertificateKind.QUORUM, content, epoch);
  }

  /**
   * Has the signer verify a certificate, whether it was shown one of the same block before or not.
   * @returns whether it verified every signature of this one: an older signer does not say so. @throws RemoteError
   */
  async prove(certificate: QuorumCertificate, epoch: Epoch): Promise<boolean> {
    const content = WireCertificate.encode(certificateToWire(certificate)).finish();
    const answer = await this.#send(CertificateKind.QUORUM, content, epoch, PROOF_DEADLINE_MS);
    this.#sent.add(factOf(certificate));
    return answer.signaturesVerified;
  }

  /** Hands over the proof that a view was reached. @throws RemoteError */
  async putEntry(entry: EntryProof | undefined, epoch: Epoch): Promise<void> {
    if (entry === undefined) return;
    await this.put(entry.commit, epoch);
    const { timeoutCertificate } = entry;
    if (timeoutCertificate !== undefined) await this.#putLeft(timeoutCertificate, epoch);
  }

  async #putLeft(left: LeaveCertificate, epoch: Epoch): Promise<void> {
    await this.#send(CertificateKind.TIMEOUT, WireTimeout.encode(leaveToWire(left)).finish(), epoch);
  }

  /**
   * Ends an epoch for the signer, which then forgets the certificates of that epoch.
   * @throws RemoteError
   */
  async putHandover(proof: HandoverProof, epoch: Epoch): Promise<void> {
    await this.#send(CertificateKind.HANDOVER, HandoverProof.encode(proof).finish(), epoch);
    this.#sent.clear();
  }

  #send(kind: CertificateKind, content: Uint8Array, epoch: Epoch, deadlineMs?: number) {
    return sendInPieces(this.#client, { kind, content, scope: this.#scope(epoch), deadlineMs });
  }
}

/** A refusal of what is shown is ignored: the request that rests on it is then refused too, and says why. */
async function unlessRefused(shown: Promise<unknown>): Promise<void> {
  await shown.catch((error: unknown) => {
    if (!(error instanceof RemoteError)) throw error;
  });
}

/** The size of its signatures, which are nearly the whole certificate. */
function bytesOf({ signatures }: QuorumCertificate): number {
  return signatures.reduce((sum, { signature }) => sum + signature.length, 0);
}
