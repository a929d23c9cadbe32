import type { ClaimVerifier } from '#libs/engine/ports/engine-ports.ts';
import { poolingVerifier } from '#libs/engine/references/pooling-verifier.ts';
import { VerifiedClaims } from './claim-numbers.ts';
import type { ModelledWorld } from './modelled-world.ts';
import type { NumberedPool } from './numbered-pool.ts';
import type { WorkMeter } from './process-lane.ts';
import type { SignatureWork } from './signature-work.ts';

interface ModelledVerifierParts {
  readonly world: ModelledWorld;
  readonly work: SignatureWork;
  readonly pool: NumberedPool;
  /** Of the job of consensus that runs. */
  readonly meter: () => WorkMeter;
  run(job: () => void): void;
}

/** Verifies each signature once, on all cores of the host; signatures that hold can complete certificates. */
export function modelledVerifier({ world, work, pool, meter, run }: ModelledVerifierParts): ClaimVerifier {
  const { numbers, setting } = world;
  const verified = new VerifiedClaims();
  const verifier: ClaimVerifier = {
    trust: ({ member, statement }) => void verified.add([numbers.of(member, statement)]),
    verify: (claims, done) => {
      const now = meter();
      now.spend((claims.length * setting.costs.claimUs) / 1_000);
      const fresh = verified.add(numbers.ofAll(claims));
      if (fresh === 0) return done(true);
      now.afterwards(() => work.verify(fresh, () => run(() => done(true))));
    },
  };
  return poolingVerifier(verifier, pool);
}
