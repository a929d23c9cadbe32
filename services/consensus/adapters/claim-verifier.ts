import type { MemberIndex } from '#libs/chain/ids.ts';
import type { BatchVerifier, VerifyOptions } from '#libs/crypto/batch-verifier.ts';
import type { SignatureClaim } from '#libs/crypto/verified-cache.ts';
import type { VoteVerifier } from '#libs/engine/membership/membership-desk.ts';
import type { ClaimVerifier } from '#libs/engine/ports/engine-ports.ts';
import type { TransactionSource } from '#libs/engine/ports/pooled-transaction.ts';
import type { Logger } from '#libs/log/logger.ts';
import { membershipSigningBytes } from '#libs/membership/vote.ts';
import type { RefusalCause } from '#libs/protocol/module.ts';
import type { ValidatorSet } from '#libs/protocol/validator-set.ts';
import type { SigningScope } from '#libs/protocol/vote/statement.ts';
import type { PeerGuard } from '#libs/replica/peer-guard.ts';
import { signatureClaim } from './signature-claim.ts';

export interface ClaimVerifierOptions {
  readonly verifier: BatchVerifier;
  readonly set: ValidatorSet;
  readonly scope: SigningScope;
  readonly guard: PeerGuard;
  /** The member sent too many false signatures and is not listened to for a while. */
  readonly onMuted: (member: MemberIndex) => void;
  readonly log: Logger;
}

/** Whether all signatures hold, why nothing was judged, and which one is false. */
type Judged = readonly [ok: boolean, cause?: RefusalCause | undefined, falseIndex?: number];

/** Verifies claims of members off this thread, none twice, and for each member that brings them within its budget. */
export function claimVerifier({
  verifier,
  set,
  scope,
  guard,
  onMuted,
  log,
}: ClaimVerifierOptions): ClaimVerifier & VoteVerifier {
  const judge = async (
    claims: readonly SignatureClaim[],
    from: TransactionSource | undefined,
  ): Promise<Judged> => {
    const verdict = await verifier.verifyAll(claims, optionsFor(from, guard));
    if (verdict.kind === 'valid') return [true];
    if (verdict.kind === 'unjudged') return [false, 'overloaded'];
    if (isMember(from) && guard.falseSignature(from)) onMuted(from);
    return [false, undefined, verdict.index];
  };
  const answer = (
    signatures: readonly (SignatureClaim | undefined)[],
    done: (...judged: Judged) => void,
    from: TransactionSource | undefined,
  ): void => {
    if (isMember(from) && guard.isMuted(from)) return done(false, 'overloaded');
    const stranger = signatures.indexOf(undefined);
    if (!signatures.every((each) => each !== undefined)) return done(false, undefined, stranger);
    judge(signatures, from).then(
      (judged) => done(...judged),
      (error: unknown) => {
        log.warn('signatures not verified', { error: String(error) });
        done(false, 'overloaded');
      },
    );
  };
  return {
    trust(claim) {
      const signature = signatureClaim(claim, set, scope);
      if (signature !== undefined) verifier.trust(signature);
    },
    verify(claims, done, from) {
      const signatures = claims.map((claim) => signatureClaim(claim, set, scope));
      const answered = (...[ok, cause, at]: Judged): void =>
        done(ok, cause, at === undefined ? undefined : claims[at]);
      answer(signatures, answered, from);
    },
    verifyVotes(votes, done, from) {
      const signatures = votes.map((vote) => {
        const publicKey = set.members[vote.member]?.publicKey;
        const message = membershipSigningBytes(scope.protocol, vote);
        return publicKey && { publicKey, message, signature: vote.signature };
      });
      answer(signatures, (ok, cause) => done(ok, cause), from);
    },
  };
}

/** This member itself pays nothing; all clients together stand in one line, and members each in their own. */
function optionsFor(from: TransactionSource | undefined, guard: PeerGuard): VerifyOptions {
  if (from === undefined) return {};
  return isMember(from) ? { caller: from, budget: { take: () => guard.take(from) } } : { caller: from };
}

function isMember(from: TransactionSource | undefined): from is MemberIndex {
  return from !== undefined && from !== 'client';
}
