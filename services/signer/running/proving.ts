import type { Epoch } from '#libs/chain/ids.ts';
import type { BatchVerifier } from '#libs/crypto/batch-verifier.ts';
import type { SignatureClaim } from '#libs/crypto/verified-cache.ts';
import type { Custodian } from '#libs/custody/custodian.ts';
import type { Learnable } from '#libs/custody/learn-grounds.ts';
import { foreignUse } from '#libs/custody/own-key.ts';
import type { Claim } from '#libs/protocol/certificate.ts';

/**
 * `foreign`: the certificate holds, and contains a signature of this key that its record did not promise.
 * `over`: the epoch of the verification ended meanwhile, and facts of it say nothing about the next.
 */
export type ProofOutcome = 'proved' | 'false' | 'overloaded' | 'foreign' | 'over';

/**
 * Verifies the grounds of a statement, every signature once (libs/custody/README.md 3.3). A signature costs a
 * verification of about a millisecond; a signature verified before costs a hash, or nothing when the whole fact
 * is known.
 */
export class Proving {
  readonly #verifier: BatchVerifier;
  readonly #custodian: Custodian;

  constructor(verifier: BatchVerifier, custodian: Custodian) {
    this.#verifier = verifier;
    this.#custodian = custodian;
  }

  /** Remembers a signature that this key made in `epoch`: certificates bring it back until the epoch ends. */
  trust(claim: Claim, epoch: Epoch): void {
    if (epoch !== this.#custodian.state.epoch) return;
    const signature = this.#signatureClaim(claim);
    if (signature !== undefined) this.#verifier.trust(signature);
  }

  async prove({ claims, learn }: Learnable): Promise<ProofOutcome> {
    const { facts } = this.#custodian;
    const signatures = claims.map((claim) => this.#signatureClaim(claim));
    if (!signatures.every((each) => each !== undefined)) return 'false';
    const { kind } = await this.#verifier.verifyAll(signatures);
    // Each epoch has facts of its own.
    if (this.#custodian.facts !== facts) return 'over';
    if (kind === 'unjudged') return 'overloaded';
    if (kind === 'invalid') return 'false';
    const { context, state } = this.#custodian;
    if (foreignUse(context, state, claims) !== undefined) return 'foreign';
    learn();
    return 'proved';
  }

  #signatureClaim({ member, statement, signature }: Claim): SignatureClaim | undefined {
    const { context, state } = this.#custodian;
    const publicKey = context.set.members[member]?.publicKey;
    const scope = { chain: state.chain, protocol: state.protocol, epoch: state.epoch };
    return publicKey && { publicKey, message: context.table.bytes(scope, statement), signature };
  }
}
