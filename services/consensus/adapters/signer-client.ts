import { setTimeout as sleep } from 'node:timers/promises';
import { type Digest, digestBytes, type Epoch, type View } from '#libs/chain/ids.ts';
import type { HaltCause } from '#libs/engine/ports/halt-cause.ts';
import { type ClientTls, type GrpcClient, grpcClient, RemoteError } from '#libs/grpc/client.ts';
import type { TlsMaterial } from '#libs/grpc/tls-files.ts';
import type { Logger } from '#libs/log/logger.ts';
import { encodeChange } from '#libs/membership/change.ts';
import type { MembershipVote } from '#libs/membership/vote.ts';
import type { QuorumCertificate as WireCertificate } from '#libs/proto/btcfed/consensus/v1/certificate.ts';
import {
  type GetSignerResponse,
  type HandoverProof,
  SignerServiceDefinition,
  type SignResponse,
} from '#libs/proto/btcfed/signer/v1/signer_service.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import type { SignatureAnswer } from '#libs/replica/ports.ts';
import type { SignerFault } from '../core/signer-fault.ts';
import { signRequestOf } from './sign-request.ts';
import { signatureAnswer } from './signature-answer.ts';
import { SignerCertificates } from './signer-certificates.ts';
import type { SigningOrder } from './signing-order.ts';

/** A small set signs for a second, and more when the host is busy. */
const SIGN_DEADLINE_MS = 30_000;
const DESCRIBE_DEADLINE_MS = 2_000;
const RETRY_MS_MIN = 100;
const RETRY_MS_MAX = 2_000;

/** States of a call that say nothing about the request: the signer is away, busy or restarting. */
const RETRIED = new Set(['UNAVAILABLE', 'CANCELLED', 'DEADLINE_EXCEEDED', 'RESOURCE_EXHAUSTED']);

/** Codes after which this process gets no signature any more, for any request. */
const LOST: ReadonlyMap<string, HaltCause> = new Map([
  ['SIGNER_SESSION_FENCED', 'takeover'],
  ['SIGNER_QUARANTINED', 'quarantine'],
]);

/** A signer that may not know who leads: it forgets openings when it starts anew. */
const UNKNOWN_LEADER = 'SIGNER_NOT_LEADER';

/** It lacks the leader's proposal: that of this member itself may be asked for again just now; or it does not know who leads. */
const UNKNOWN_PROPOSAL = 'SIGNER_PROPOSAL_UNKNOWN';

const LOCKED = 'the key is locked: its operator opens it with "btcfed signer unlock"';

/** An earlier version has calls for proposals, votes and timeouts in place of Sign. */
const OLDER_SIGNER =
  'the signer is older than consensus and has no call Sign: update the signer of this member to the version of its consensus, and ' +
  'start it again';

export interface SignerClientOptions {
  readonly address: string;
  readonly tls: ClientTls;
  readonly chain: Digest;
  /** Joins the lines of the signer with those of the view that it signs in. */
  readonly traceIdOf: (view: View) => string;
  /** Proof of the members that follow those of an epoch; undefined while the epoch's last block is not here. */
  readonly handoverOf: (epoch: Epoch) => HandoverProof | undefined;
  /** The signer will never sign for this process again. */
  readonly onLost: (reason: string, cause: HaltCause) => void;
  readonly log: Logger;
}

/** The signer of this member, in its own process. While it is away, requests wait: the member only falls silent. */
export class SignerClient {
  readonly #options: SignerClientOptions;
  readonly #client: GrpcClient<typeof SignerServiceDefinition>;
  readonly #certificates: SignerCertificates;
  #session = 0n;
  /** Resolves when the request before has left. */
  #left: Promise<void> = Promise.resolve();
  /** Resolves when the request before has its answer, also where it was sent twice. */
  #answered: Promise<void> = Promise.resolve();
  /** Resolves when the signer was led into the epoch that was asked for last. */
  #led: Promise<unknown> = Promise.resolve();
  #stopped = false;
  #fault: SignerFault | undefined;

  constructor(options: SignerClientOptions) {
    this.#options = options;
    const { address, tls } = options;
    this.#client = grpcClient(SignerServiceDefinition, { address, tls, deadlineMs: SIGN_DEADLINE_MS });
    this.#certificates = new SignerCertificates(this.#client, (epoch) => this.#scope(epoch));
  }

  /** Why it signed nothing when it was asked last: it did not answer, or its key is locked. Undefined when it signs. */
  get fault(): SignerFault | undefined {
    return this.#fault;
  }

  /** Asks the signer which key it holds. @throws RemoteError when it cannot be reached. */
  async describe(): Promise<GetSignerResponse> {
    try {
      const found = await this.#client.getSigner({}, { deadlineMs: DESCRIBE_DEADLINE_MS });
      this.#fault = found.locked ? { kind: 'locked', reason: LOCKED } : undefined;
      return found;
    } catch (error) {
      if (error instanceof RemoteError) this.#fault = { kind: 'silent', reason: error.message };
      throw error;
    }
  }

  /**
   * Makes this process the one that the signer signs for.
   * @throws RemoteError when the signer cannot be reached.
   */
  async openSession(): Promise<void> {
    const { session } = await this.#client.openSession({}, { deadlineMs: DESCRIBE_DEADLINE_MS });
    this.#session = session;
  }

  /**
   * Leads the signer to this epoch, where another key may be at work. Needs a session.
   * @returns the signer's answer then. @throws RemoteError when it cannot be reached, or a handover is not here yet.
   */
  follow(epoch: Epoch): Promise<GetSignerResponse> {
    // One after the other: a handover that another request has shown meanwhile would be refused.
    const led = this.#led.catch(() => undefined).then(() => this.#follow(epoch));
    this.#led = led;
    return led;
  }

  async #follow(epoch: Epoch): Promise<GetSignerResponse> {
    let known = (await this.describe()).epoch;
    for (; known < epoch; known++) {
      const proof = this.#options.handoverOf(known as Epoch);
      // Fetched from others, sooner or later: until then this member is silent.
      if (proof === undefined) throw awaited(known);
      await this.#certificates.putHandover(proof, known as Epoch);
      this.#options.log.info('the signer was led to another epoch', { epoch: known + 1n });
    }
    return this.describe();
  }

  sign(order: SigningOrder, done: (answer: SignatureAnswer) => void): void {
    this.#signUntilAnswered(order).then(
      (answer) => answer && done(answer),
      (error: unknown) => this.#options.log.error('signer client failed', error),
    );
  }

  /** @returns whether the signer verified every signature of a certificate; false too where it is away, locked or of another epoch. */
  async prove(certificate: QuorumCertificate, epoch: Epoch): Promise<boolean> {
    if (this.#stopped || this.#fault !== undefined) return false;
    try {
      return await this.#certificates.prove(certificate, epoch);
    } catch (error) {
      if (!(error instanceof RemoteError)) throw error;
      this.#options.log.debug('certificate not proved by the signer', { reason: error.message });
      return false;
    }
  }

  /** Has it sign a vote that no person has seen, in the epoch of the vote: on a quiet chain nothing led it there yet. @throws RemoteError where it refuses, or does not answer. */
  async signAutomaticVote({
    change,
    goodUntil,
  }: Pick<MembershipVote, 'change' | 'goodUntil'>): Promise<Uint8Array> {
    await this.follow(change.epoch);
    const request = { change: encodeChange(change), goodUntil };
    return (await this.#client.signAutomaticVote(request)).signature;
  }

  /** Uses this certificate for all requests from now on; a request that is cut off by the change is sent again. */
  renewTls(tls: TlsMaterial): void {
    const { serverName } = this.#options.tls;
    this.#client.renewTls({ ...tls, ...(serverName === undefined ? {} : { serverName }) });
  }

  stop(): void {
    this.#stopped = true;
    this.#client.close();
  }

  /** @returns undefined when stopped before there was an answer. */
  async #signUntilAnswered(order: SigningOrder): Promise<SignatureAnswer | undefined> {
    for (let delayMs = RETRY_MS_MIN; !this.#stopped; delayMs = Math.min(2 * delayMs, RETRY_MS_MAX)) {
      const answer = await this.#answer(order);
      if (typeof answer !== 'string') return answer;
      if (delayMs === RETRY_MS_MIN) {
        this.#options.log.warn('signer does not answer, asking again', { reason: answer });
      }
      await sleep(delayMs, undefined, { ref: false });
    }
    return undefined;
  }

  /** @returns why, when the answer says nothing about the request: nobody is there, or the key is locked. */
  async #answer(order: SigningOrder): Promise<SignatureAnswer | string> {
    try {
      const reply = await this.#signed(order);
      this.#fault = undefined;
      return signatureAnswer(reply);
    } catch (error) {
      if (!(error instanceof RemoteError)) throw error;
      const { status, errorCode = '' } = error.detail;
      this.#tellLost(error);
      // Asked again: the member goes on by itself once its signer was updated.
      if (status === 'UNIMPLEMENTED') return this.#unanswered('outdated', OLDER_SIGNER);
      if (!RETRIED.has(status)) return { kind: 'refused', reason: error.message };
      const isLocked = errorCode === 'SIGNER_LOCKED';
      if (isLocked) await this.#leadLocked();
      return this.#unanswered(isLocked ? 'locked' : 'silent', error.message);
    }
  }

  #tellLost({ message, detail }: RemoteError): void {
    const cause = LOST.get(detail.errorCode ?? '');
    if (cause !== undefined) this.#options.onLost(message, cause);
  }

  #unanswered(kind: SignerFault['kind'], reason: string): string {
    this.#fault = { kind, reason };
    return reason;
  }

  /**
   * Leads a signer whose key is locked to the next epoch. A locked key judges nothing, so it never reports that
   * its epoch is over; but another key may be at work in the next one.
   */
  async #leadLocked(): Promise<void> {
    try {
      const { epoch } = await this.describe();
      const proof = this.#options.handoverOf(epoch as Epoch);
      if (proof !== undefined) await this.#certificates.putHandover(proof, epoch as Epoch);
    } catch (error) {
      // The waiting request is asked again after any RemoteError, and this call with it.
      if (!(error instanceof RemoteError)) throw error;
    }
  }

  /** Sends the grounds of the statement along with it; and again, with more, when the signer knows too little. */
  async #signed(order: SigningOrder): Promise<SignResponse> {
    const before = this.#answered;
    const answered = Promise.withResolvers<void>();
    this.#answered = answered.promise;
    try {
      return await this.#inTurn(order);
    } catch (error) {
      if (!(error instanceof RemoteError)) throw error;
      await this.#tellMore(order, error);
      // Requests made before may be sent again too, and this one may rest on them: a leader's vote on its own proposal.
      await before;
      return await this.#request(order, undefined);
    } finally {
      answered.resolve();
    }
  }

  /** Shows the signer what it says that it lacks. @throws the refusal itself, where nothing can be shown */
  async #tellMore(order: SigningOrder, refusal: RemoteError): Promise<void> {
    const { grounds, epoch } = order;
    const { errorCode = '' } = refusal.detail;
    const isBehind = errorCode === UNKNOWN_LEADER && grounds.opening !== undefined;
    if (isBehind || errorCode === UNKNOWN_PROPOSAL || errorCode === 'SIGNER_CERT_UNKNOWN')
      await this.#putGrounds(order);
    else if (errorCode === 'SIGNER_VIEW_JUMP') await this.#certificates.putEntry(grounds.entry, epoch);
    else if (errorCode === 'SIGNER_WRONG_EPOCH') await this.#lead(epoch, refusal);
    else throw refusal;
  }

  /** Where each height has views of its own, what a view may begin with follows from how the one before was left. */
  async #putGrounds({ statement, grounds, epoch }: SigningOrder): Promise<void> {
    await this.#certificates.showOpening(grounds.opening, epoch, true);
    await this.#certificates.put(grounds.certificate, epoch);
    if (statement.instance !== 0n) await this.#certificates.putEntry(grounds.entry, epoch);
  }

  /** Requests leave in the order in which they were asked for: a leader's own vote after its proposal. */
  async #inTurn(order: SigningOrder): Promise<SignResponse> {
    const before = this.#left;
    const left = Promise.withResolvers<void>();
    this.#left = left.promise;
    try {
      const { grounds, statement, epoch } = order;
      await this.#certificates.showOpening(grounds.opening, epoch);
      if (statement.instance !== 0n)
        await this.#certificates.showLeft(grounds.entry?.timeoutCertificate, epoch);
      const certificate = await this.#certificates.inlineOrPut(order);
      await before;
      const reply = this.#request(order, certificate);
      left.resolve();
      return await reply;
    } finally {
      left.resolve();
    }
  }

  /** Leads the signer from its epoch to this one, handover by handover: it believes only the members it knows. */
  async #lead(epoch: Epoch, refusal: RemoteError): Promise<void> {
    // Another request may have led it there meanwhile: then this one is asked for again too.
    if ((await this.follow(epoch)).epoch > epoch) throw refusal;
  }

  #request(order: SigningOrder, inline: WireCertificate | undefined): Promise<SignResponse> {
    const scope = this.#scope(order.epoch);
    const { traceparent } = order;
    const options = { traceId: this.#options.traceIdOf(order.statement.view), traceparent };
    return this.#client.sign({ scope, ...signRequestOf(order, inline) }, options);
  }

  #scope(epoch: Epoch) {
    return { chainDigest: digestBytes(this.#options.chain), epoch, session: this.#session };
  }
}

function awaited(epoch: bigint): RemoteError {
  return new RemoteError(`the last block of epoch ${epoch} is not here yet`, {
    code: 'REMOTE_CALL_FAILED',
    method: 'PutCertificate',
    status: 'UNAVAILABLE',
  });
}
