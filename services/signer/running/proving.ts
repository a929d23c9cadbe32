import type { Epoch } from '#libs/chain/ids.ts';
import type { BatchVerifier } from '#libs/crypto/batch-verifier.ts';
import type { Custodian } from '#libs/custody/custodian.ts';
import type { Learnable } from '#libs/custody/learn-grounds.ts';
import { foreignUse } from '#libs/custody/own-key.ts';
import type { Claim } from '#libs/protocol/certificate.ts';
import {
  NO_CERTIFIED_KEYS,
  type Resolution,
  type ResolvedClaim,
  resolveClaim,
} from '#libs/protocol/resolve-claim.ts';

/**
 * `foreign`: the certificate holds, and contains a signature of this key that its record did not promise.
 * `unresolved`: a signature names a key that nobody here can tell the member of, so nothing is proved, and it may be later.
 * `over`: the epoch of the verification ended meanwhile, and facts of it say nothing about the next.
 */
export type ProofOutcome = 'proved' | 'false' | 'overloaded' | 'unresolved' | 'foreign' | 'over';

/**
 * Verifies the grounds of a statement, every signature once (libs/custody/README.md 3.3). A signature costs a
 * verification of about a millisecond; a signature verified before costs a hash, or nothing when the whole fact
 * is known.
 */
export class Proving {
  readonly #verifier: BatchVerifier;
  readonly #custodian: Custodian;
  /** Scheme of the members' own keys: this key's own. */
  readonly #scheme: string;

  constructor(verifier: BatchVerifier, custodian: Custodian, scheme: string) {
    this.#verifier = verifier;
    this.#custodian = custodian;
    this.#scheme = scheme;
  }

  /** Remembers a signature that this key made in `epoch`: certificates bring it back until the epoch ends. */
  trust(claim: Claim, epoch: Epoch): void {
    if (epoch !== this.#custodian.state.epoch) return;
    const found = this.#resolved(claim);
    if (found.kind === 'resolved') this.#verifier.trust(found.resolved);
  }

  async prove({ claims, learn }: Learnable): Promise<ProofOutcome> {
    const { facts } = this.#custodian;
    const found = claims.map((claim) => this.#resolved(claim));
    if (found.some(({ kind }) => kind === 'refused')) return 'false';
    const resolved = found.flatMap((each) => (each.kind === 'resolved' ? [each.resolved] : []));
    if (resolved.length < found.length) return 'unresolved';
    const { kind } = await this.#verifier.verifyAll(resolved);
    // Each epoch has facts of its own.
    if (this.#custodian.facts !== facts) return 'over';
    if (kind === 'unjudged') return 'overloaded';
    if (kind === 'invalid') return 'false';
    const { context, state } = this.#custodian;
    if (foreignUse(context, state, claims) !== undefined) return 'foreign';
    learn();
    return 'proved';
  }

  #resolved(claim: Claim): Resolution<ResolvedClaim> {
    const { context, state } = this.#custodian;
    const { set, table } = context;
    const scope = { chain: state.chain, protocol: state.protocol, epoch: state.epoch };
    return resolveClaim(claim, { set, table, scope, scheme: this.#scheme, certified: NO_CERTIFIED_KEYS });
  }
}
