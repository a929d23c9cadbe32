import type { MemberIndex } from '#libs/chain/ids.ts';
import { comparePositions, type Position } from '#libs/protocol/vote/position.ts';
import type { ClaimVerifier } from '../ports/engine-ports.ts';
import { foreignUseAlarm } from '../ports/foreign-use-alarm.ts';

export interface OwnKeyWatch {
  readonly me: MemberIndex | undefined;
  /** The position of this member: durable before anything of that view is signed, and never going back. */
  readonly at: () => Position;
  readonly onForeignUse: (reason: string) => void;
}

/**
 * Looks for this member's own signature in all claims that are verified. A signature for a view that this member has
 * not reached was made by a copy of it, or by itself before its folder was set back: it may have cast votes that it
 * does not know of, and must not vote (RULES.md A.32, C.7). Nobody else can raise this alarm, because nobody else can
 * sign.
 */
export function watchingOwnKey(
  verifier: ClaimVerifier,
  { me, at, onForeignUse }: OwnKeyWatch,
): ClaimVerifier {
  return {
    trust: (claim) => verifier.trust(claim),
    verify(claims, done, from) {
      verifier.verify(
        claims,
        (ok, cause, falseClaim) => {
          const foreign = claims.find(
            ({ member, statement }) => member === me && comparePositions(statement, at()) > 0,
          );
          if (ok && foreign !== undefined) onForeignUse(foreignUseAlarm(foreign.statement, at()));
          done(ok, cause, falseClaim);
        },
        from,
      );
    },
  };
}
