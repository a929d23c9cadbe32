import type { MemberIndex } from '#libs/chain/ids.ts';
import type { VoteVerifier } from '#libs/engine/membership/membership-desk.ts';
import type { ClaimVerifier } from '#libs/engine/ports/engine-ports.ts';
import type { TransactionSource } from '#libs/engine/ports/pooled-transaction.ts';
import { membershipSigningBytes } from '#libs/membership/vote.ts';
import type { Claim } from '#libs/protocol/certificate.ts';
import type { RefusalCause } from '#libs/protocol/module.ts';
import type { PeerGuard } from '#libs/replica/peer-guard.ts';
import type { SimulatedEpoch } from '../federation/federation.ts';
import { ClaimJudge, type ClaimVerdict } from '../member/claim-judge.ts';
import type { EpochSeat } from './node-owner.ts';

interface VerifierParts {
  readonly seat: EpochSeat;
  readonly epoch: SimulatedEpoch;
  readonly guard: PeerGuard;
  /** The member sent too many false signatures. */
  onMuted(member: MemberIndex): void;
}

/** Verifies as `services/consensus/adapters/claim-verifier.ts` does, with the keys of an epoch. */
export function nodeVerifier({ seat, epoch, guard, onMuted }: VerifierParts): ClaimVerifier & VoteVerifier {
  const { authority, nodes, scope, set, table } = epoch;
  const { federation, plan } = seat.setting;
  const judge = new ClaimJudge({
    authority,
    set,
    table,
    guard,
    // Members are those of the epoch whose keys these are: evidence may be of an older one.
    proved: (claim) => (seat.isHonest ? seat.setting.observerOf(epoch).proved(claim) : undefined),
  });
  const answer = (
    verdict: ClaimVerdict,
    done: (ok: boolean, cause?: RefusalCause, falseClaim?: Claim) => void,
    from: TransactionSource | undefined,
    falseClaim?: Claim,
  ): void => {
    if (verdict === 'false' && from !== undefined && from !== 'client' && guard.falseSignature(from))
      onMuted(from);
    const tell = () => {
      if (verdict === 'unjudged') return done(false, 'overloaded');
      if (verdict === 'unresolved') return done(false, 'unresolved');
      return verdict === 'valid' ? done(true) : done(false, undefined, falseClaim);
    };
    seat.later(seat.random.int(0, plan.verifyMsMax), tell);
  };
  return {
    trust: (claim) => judge.trust(claim),
    verify: (claims, done, from) => {
      const verdicts = claims.map((claim) => judge.verdictOf(claim));
      const falseClaim = claims[verdicts.indexOf('false')];
      const own = (['false', 'unresolved'] as const).find((each) => verdicts.includes(each)) ?? 'valid';
      answer(from === undefined ? own : judge.judge(claims, from), done, from, falseClaim);
    },
    verifyVotes: (votes, done, from) => {
      const areTrue = votes.every((vote) => {
        const node = nodes[vote.member];
        const message = membershipSigningBytes(scope.protocol, vote);
        return node !== undefined && federation.votes.verify(node, message, vote.signature);
      });
      const isUnjudged = from !== undefined && from !== 'client' && !votes.every(() => guard.take(from));
      const verdict = areTrue ? 'valid' : 'false';
      answer(isUnjudged ? 'unjudged' : verdict, done, from);
    },
  };
}
