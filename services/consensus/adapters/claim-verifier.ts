import type { MemberIndex } from '#libs/chain/ids.ts';
import type { BatchVerifier, VerifyOptions } from '#libs/crypto/batch-verifier.ts';
import type { SignatureClaim } from '#libs/crypto/verified-cache.ts';
import type { VoteVerifier } from '#libs/engine/membership/membership-desk.ts';
import type { ClaimVerifier } from '#libs/engine/ports/engine-ports.ts';
import type { TransactionSource } from '#libs/engine/ports/pooled-transaction.ts';
import type { Logger } from '#libs/log/logger.ts';
import { membershipSigningBytes } from '#libs/membership/vote.ts';
import type { RefusalCause } from '#libs/protocol/module.ts';
import {
  type ClaimContext,
  type Resolution,
  type ResolvedClaim,
  resolveClaim,
  resolveOwn,
} from '#libs/protocol/resolve-claim.ts';
import type { PeerGuard } from '#libs/replica/peer-guard.ts';

export interface ClaimVerifierOptions {
  readonly verifier: BatchVerifier;
  readonly context: ClaimContext;
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
  context,
  guard,
  onMuted,
  log,
}: ClaimVerifierOptions): ClaimVerifier & VoteVerifier {
  const blame = (from: TransactionSource | undefined): void => {
    if (isMember(from) && guard.falseSignature(from)) onMuted(from);
  };
  const judge = async (
    claims: readonly SignatureClaim[],
    from: TransactionSource | undefined,
  ): Promise<Judged> => {
    const verdict = await verifier.verifyAll(claims, optionsFor(from, guard));
    if (verdict.kind === 'valid') return [true];
    if (verdict.kind === 'unjudged')
      return [false, verdict.cause === 'unknown-scheme' ? 'unresolved' : 'overloaded'];
    blame(from);
    return [false, undefined, verdict.index];
  };
  const answer = (
    found: readonly Resolution<ResolvedClaim>[],
    done: (...judged: Judged) => void,
    from: TransactionSource | undefined,
  ): void => {
    if (isMember(from) && guard.isMuted(from)) return done(false, 'overloaded');
    const refused = found.findIndex(({ kind }) => kind === 'refused');
    if (refused >= 0) {
      blame(from);
      return done(false, undefined, refused);
    }
    const claims = found.flatMap((each) => (each.kind === 'resolved' ? [each.resolved] : []));
    // Nothing is verified for what cannot be used anyway.
    if (claims.length < found.length) return done(false, 'unresolved');
    judge(claims, from).then(
      (judged) => done(...judged),
      (error: unknown) => {
        log.warn('signatures not verified', { error: String(error) });
        done(false, 'overloaded');
      },
    );
  };
  return {
    trust(claim) {
      const found = resolveClaim(claim, context);
      if (found.kind === 'resolved') verifier.trust(found.resolved);
    },
    verify(claims, done, from) {
      const found = claims.map((claim) => resolveClaim(claim, context));
      const answered = (...[ok, cause, at]: Judged): void =>
        done(ok, cause, at === undefined ? undefined : claims[at]);
      answer(found, answered, from);
    },
    verifyVotes(votes, done, from) {
      const { protocol } = context.scope;
      const found = votes.map((vote) => resolveOwn(vote, context, membershipSigningBytes(protocol, vote)));
      answer(found, (ok, cause) => done(ok, cause), from);
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
