import type { View } from '#libs/chain/ids.ts';
import type { BatchVerifier } from '#libs/crypto/batch-verifier.ts';
import type { Custodian } from '#libs/custody/custodian.ts';
import type { CustodyRequest } from '#libs/custody/custody-context.ts';
import { inEpoch, mayEndAt } from '#libs/custody/epoch.ts';
import { type HandoverProof, handedOver } from '#libs/custody/handed-over.ts';
import {
  type DecidedBlock,
  type Learnable,
  learnableCertificate,
  learnableLeave,
  learnableOpening,
  learnableWhole,
} from '#libs/custody/learn-grounds.ts';
import type { RefusalReason } from '#libs/custody/refusal-reason.ts';
import { withMode, withNewSession } from '#libs/custody/session.ts';
import { type Asking, learnables, statementRequest } from '#libs/custody/statement-request.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import type { Grounds } from '#libs/protocol/grounds.ts';
import type { LeaveCertificate } from '#libs/protocol/leave-certificate.ts';
import { keySignatureOf } from '#libs/protocol/signed.ts';
import { isShaped } from '#libs/protocol/vote/shape.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import { auditOf } from '../record/rules/audit-of.ts';
import { custodyContextOf } from '../record/rules/custody-context-of.ts';
import { SignerError } from '../words/errors.ts';
import type { Custody } from './custody.ts';
import { Proving } from './proving.ts';
import { FalseCertificates } from './rules/false-certificates.ts';
import type { WantedVote } from './rules/vote-rules.ts';
import type { SigningDesk, SigningReply } from './signing-desk.ts';

/** A request in our own types. */
export interface SigningRequest {
  readonly asking: Asking;
  readonly statement: VoteStatement;
  readonly grounds: Pick<Grounds, 'header' | 'proposalSignature' | 'certificate'>;
  /** View of the certificate that justifies the block. */
  readonly justifyView: View | undefined;
}

export type AnyCertificate =
  | { readonly kind: 'quorum'; readonly certificate: QuorumCertificate }
  | { readonly kind: 'leave'; readonly certificate: LeaveCertificate }
  | ({ readonly kind: 'opening' } & DecidedBlock)
  | HandoverProof;

export interface SignerCoreParts {
  readonly custody: Custody;
  readonly desk: SigningDesk;
  readonly verifier: BatchVerifier;
  /** The key is in use elsewhere, or its record was set back: from now on the key signs nothing. */
  readonly onQuarantine: (reason: string) => void;
  /** An epoch began, durably, and another key may sign in it. The hand-over is answered after this callback. */
  readonly onEpoch: () => Promise<void>;
}

/** Grounds that are answered so are as if nobody had shown them. */
const TEACHES_NOTHING: ReadonlySet<string> = new Set(['SIGNER_CERT_INVALID', 'SIGNER_CERT_UNRESOLVED']);
const NOT_LIVE = 'certificates are taken of the live session alone, for this chain and epoch';
const NOT_THE_LAST = 'this key gave its COMMIT to a block above the one that is said to have ended the epoch';

/** The signer's work for its one client: sessions, certificates, signatures. */
export class SignerCore {
  readonly #parts: SignerCoreParts;
  readonly #proving: Proving;
  readonly #false = new FalseCertificates();
  /** The decision about the previous request: requests are judged in the order of their arrival. */
  #before: Promise<void> = Promise.resolve();

  constructor(parts: SignerCoreParts) {
    this.#parts = parts;
    this.#proving = new Proving(parts.verifier, parts.custody.custodian, parts.custody.scheme.name);
  }

  /** The verifier's counts since the start: the work it did, and the work its cache saved. */
  get verifierCounts() {
    const { counts, remembered } = this.#parts.verifier;
    const { verified, cached, refused } = counts;
    return {
      verified: BigInt(verified),
      cached: BigInt(cached),
      refused: BigInt(refused),
      remembered: BigInt(remembered),
    };
  }

  /** The newest session wins: the holder of the previous one is refused from now on. Durable when it returns. */
  openSession(): bigint {
    const { custody, desk } = this.#parts;
    const next = withNewSession(custody.custodian.state);
    desk.change(next, auditOf(next, 'SESSION', ''));
    return next.session;
  }

  /**
   * @param digest - Of the certificate's bytes, hex: a certificate that was false once stays false.
   * @throws SignerError `SIGNER_CERT_INVALID`, `SIGNER_CERT_UNRESOLVED`, `SIGNER_OVERLOADED`, or a refusal of the asker.
   */
  async putCertificate(asking: Asking, shown: AnyCertificate, digest: string): Promise<void> {
    const { custodian } = this.#parts.custody;
    this.#checkAsking(asking);
    const { kind, certificate } = shown;
    const name = `${asking.epoch} ${kind} ${digest}`;
    if (this.#false.has(name)) throw invalid(certificate.view);
    if (kind === 'handover') return this.#inTurn(() => this.#handOver(shown));
    const learnable = learnableOf(custodian, shown);
    if (learnable === undefined) throw invalid(certificate.view);
    await this.#prove(learnable, certificate.view, name);
  }

  /**
   * Requests are judged in the order of their arrival: `work` waits for all earlier requests, and all later
   * ones wait for `work`.
   */
  async #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#before.then(work);
    this.#before = done.catch(() => undefined);
    await done;
  }

  /** Ends the epoch: its members decided a block that names the next ones (libs/custody/README.md G6). */
  async #handOver(proof: HandoverProof): Promise<void> {
    const { custody, desk, onEpoch } = this.#parts;
    const { custodian, key, tables } = custody;
    const facts = handedOver(custodian, proof, (id) => tables.get(id));
    const learnable = facts && learnableCertificate(custodian, proof.certificate);
    if (facts === undefined || learnable === undefined) throw invalid(proof.certificate.view);
    await this.#prove(learnable, proof.certificate.view);
    // The members decided it, so nobody who shows it is at fault: another version of the signer follows it.
    if (facts.kind === 'strange') throw unfollowed(facts);
    const { set, root, table } = facts;
    const { state, context: before } = custodian;
    if (!mayEndAt(state, root, before.table)) throw this.#refused('UNSAFE_BRANCH', 'handover', NOT_THE_LAST);
    const next = inEpoch(state, { epoch: set.epoch, root, table });
    const context = custodyContextOf(table, key.publicKey, facts);
    const switched = table.protocol === state.protocol ? '' : table.protocol;
    desk.advance(next, { set, root, context }, auditOf(next, 'EPOCH', switched, root.digest));
    await onEpoch();
  }

  /** @throws SignerError; the rules are those of rules/vote-rules.ts. */
  signMembershipVote(wanted: WantedVote): Promise<Uint8Array> {
    return this.#parts.desk.signMembershipVote(wanted);
  }

  /** @throws SignerError; the rules are those of libs/custody. */
  async sign(request: SigningRequest, patienceMs?: number): Promise<SigningReply> {
    const askedMs = performance.now();
    const { desk } = this.#parts;
    const proved = this.#learnFrom(request);
    const before = this.#before;
    const judged = Promise.withResolvers<void>();
    this.#before = judged.promise;
    try {
      await Promise.all([proved, before]);
      const leftMs = patienceMs === undefined ? undefined : patienceMs - (performance.now() - askedMs);
      const reply = desk.sign(custodyRequest(request), leftMs);
      judged.resolve();
      return await this.#remembered(request, await reply);
    } finally {
      // A later request waits for this one, and so for all requests before this one.
      judged.resolve(before);
    }
  }

  /** Verifies the grounds that come with a request. False grounds teach nothing, and the rules then refuse. */
  async #learnFrom({ asking, statement, grounds }: SigningRequest): Promise<void> {
    if (!this.#isLive(asking)) return;
    const { custodian } = this.#parts.custody;
    // A statement that the protocol lacks is refused, whatever it rests on: nothing is verified for it.
    if (!isShaped(statement, custodian.context.table)) return;
    const shown = learnables(custodian, statement, grounds);
    await Promise.all(shown.map((each) => this.#proveOrIgnore(each, statement.view)));
  }

  async #proveOrIgnore(learnable: Learnable, view: bigint): Promise<void> {
    await this.#prove(learnable, view).catch((error: unknown) => {
      if (!(error instanceof SignerError) || !TEACHES_NOTHING.has(error.detail.code)) throw error;
    });
  }

  async #prove(learnable: Learnable, view: bigint, name?: string): Promise<void> {
    const proof = await this.#proving.prove(learnable);
    switch (proof) {
      case 'proved':
        return;
      case 'false':
        if (name !== undefined) this.#false.add(name);
        throw invalid(view);
      case 'unresolved':
        throw unresolved(view);
      case 'overloaded':
        throw new SignerError('too many signatures wait to be verified', {
          code: 'SIGNER_OVERLOADED',
          waiting: 0,
        });
      case 'foreign':
        return this.#quarantine(view);
      case 'over':
        throw this.#refused('WRONG_EPOCH', 'certificate', NOT_LIVE);
    }
  }

  #quarantine(view: bigint): void {
    const { custody, desk, onQuarantine } = this.#parts;
    const { state } = custody.custodian;
    if (state.mode !== 'active') return;
    const reason =
      `a signature of this key in view ${view} was seen that its record does not know: the record is an older copy, or ` +
      'the key is in use elsewhere';
    const next = withMode(state, 'quarantined');
    desk.change(next, auditOf(next, 'QUARANTINE', reason));
    onQuarantine(reason);
  }

  async #remembered({ asking, statement }: SigningRequest, reply: SigningReply): Promise<SigningReply> {
    const member = this.#parts.custody.custodian.context.me;
    // Done after the reply: remembering hashes the signature, and no certificate can bring it back before the reply
    // leaves.
    if (!reply.isRepeated && member !== undefined) {
      setImmediate(() => this.#proving.trust({ member, ...keySignatureOf(reply), statement }, asking.epoch));
    }
    return reply;
  }

  #isLive({ session, chain, epoch }: Asking): boolean {
    const { state } = this.#parts.custody.custodian;
    return (
      state.mode === 'active' && session === state.session && chain === state.chain && epoch === state.epoch
    );
  }

  /** A certificate is no decision, but an asker that may not ask for signatures may not spend verifications either. */
  #checkAsking(asking: Asking): void {
    if (this.#isLive(asking)) return;
    throw this.#refused(reasonOf(asking, this.#parts.custody.custodian.state), 'certificate', NOT_LIVE);
  }

  #refused(reason: RefusalReason, kind: 'certificate' | 'handover', sentence: string): SignerError {
    const { state } = this.#parts.custody.custodian;
    return new SignerError(sentence, {
      code: `SIGNER_${reason}`,
      view: 0n,
      kind,
      signed: undefined,
      markView: undefined,
      provenView: state.proven,
    });
  }
}

/** The fact that a certificate of any kind but a handover would teach; undefined when its shape is wrong. */
function learnableOf(
  custodian: Custodian,
  shown: Exclude<AnyCertificate, { kind: 'handover' }>,
): Learnable | undefined {
  switch (shown.kind) {
    case 'quorum':
      return learnableWhole(custodian, shown.certificate);
    case 'leave':
      return learnableLeave(custodian, shown.certificate);
    case 'opening':
      return learnableOpening(custodian, shown);
  }
}

function reasonOf(asking: Asking, state: Custody['custodian']['state']) {
  if (state.mode !== 'active') return 'QUARANTINED';
  if (asking.session !== state.session) return 'SESSION_FENCED';
  return asking.chain === state.chain ? 'WRONG_EPOCH' : 'WRONG_CHAIN';
}

function custodyRequest({ asking, statement, grounds, justifyView }: SigningRequest): CustodyRequest {
  return { ...statementRequest(asking, statement, {}), header: grounds.header, justifyView };
}

function unfollowed({ epoch, reason }: { readonly epoch: bigint; readonly reason: string }): SignerError {
  return new SignerError(
    `the members decided a handover to epoch ${epoch} that this signer cannot follow: ${reason}. The key signs nothing in that epoch before`,
    { code: 'SIGNER_HANDOVER_UNKNOWN', epoch },
  );
}

function unresolved(view: bigint): SignerError {
  return new SignerError(
    `the certificate of view ${view} is signed by a key that this signer knows of no member: show it again later`,
    { code: 'SIGNER_CERT_UNRESOLVED', view },
  );
}

function invalid(view: bigint): SignerError {
  return new SignerError(`the certificate of view ${view} does not hold`, {
    code: 'SIGNER_CERT_INVALID',
    view,
  });
}
