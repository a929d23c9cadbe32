import type { ClaimVerifier } from '../ports/engine-ports.ts';
import type { SignaturePool } from './signature-pool.ts';

/** Keeps the signatures that were found to hold, and no others. */
export function poolingVerifier(verifier: ClaimVerifier, pool: SignaturePool): ClaimVerifier {
  return {
    trust(claim) {
      pool.keep([claim]);
      verifier.trust(claim);
    },
    verify(claims, done, from) {
      verifier.verify(
        claims,
        (ok, cause, falseClaim) => {
          if (ok) pool.keep(claims);
          done(ok, cause, falseClaim);
        },
        from,
      );
    },
  };
}
