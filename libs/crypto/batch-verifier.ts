import { availableParallelism } from 'node:os';
import { assert } from '#libs/assert/assert.ts';
import { CallerTurns } from './caller-turns.ts';
import { type BatchVerdict, ClaimBatch, type ClaimJudging, type VerifyBudget } from './claim-batch.ts';
import { VERIFIED_CACHE_CAPACITY, VERIFY_WAITING_EACH_MAX } from './limits.ts';
import type { SignatureScheme } from './signature-scheme.ts';
import { signatureSizeFault } from './sizes.ts';
import { VerificationsUnderWay } from './verifications-under-way.ts';
import { claimKey, type SignatureClaim, VerifiedCache } from './verified-cache.ts';

export interface VerifyOptions {
  readonly budget?: VerifyBudget;
  /** The caller, such as a peer. Callers are served in turn, however much each asks for. */
  readonly caller?: unknown;
  /** Stops before the next signature. */
  readonly signal?: AbortSignal;
}

/** Counted since the start: how much work the cache saved. */
export interface VerifierCounts {
  readonly verified: number;
  readonly cached: number;
  readonly refused: number;
}

export interface BatchVerifierOptions {
  /** Those that claims may be of. */
  readonly schemes: readonly SignatureScheme[];
  readonly cache?: VerifiedCache;
  /** Verifications at once, over all callers: one per core when left out, because more would only wait inside the thread pool. */
  readonly inFlightMax?: number;
  /** Batches of one caller that may wait. */
  readonly waitingEachMax?: number;
  /** Told of each verification when it begins: how long it waited for others, ms. */
  readonly waited?: ((waitMs: number) => void) | undefined;
}

/**
 * Verifies many signatures at once and none of them twice: a claim in the cache costs a hash, and a caller that
 * asks for a claim under verification waits for that verification.
 */
export class BatchVerifier {
  readonly #schemes: ReadonlyMap<string, SignatureScheme>;
  readonly #cache: VerifiedCache;
  readonly #turns: CallerTurns;
  readonly #judging: ClaimJudging;
  #counts: VerifierCounts = { verified: 0, cached: 0, refused: 0 };

  constructor(options: BatchVerifierOptions) {
    const { inFlightMax = availableParallelism(), waitingEachMax = VERIFY_WAITING_EACH_MAX } = options;
    this.#schemes = new Map(options.schemes.map((scheme) => [scheme.name, scheme]));
    this.#cache = options.cache ?? new VerifiedCache({ capacity: VERIFIED_CACHE_CAPACITY });
    this.#turns = new CallerTurns({ permits: inFlightMax, waitingEachMax });
    const underWay = new VerificationsUnderWay((key, ok) => {
      this.#count(ok ? 'verified' : 'refused');
      if (ok) this.#cache.add(key);
    });
    this.#judging = {
      isKnown: (key) => this.#isKnown(key),
      underWay: (key) => underWay.get(key),
      begin: (key, claim) => underWay.begin(key, claim, this.#schemeOf(claim)),
      waited: (waitMs) => options.waited?.(waitMs),
    };
  }

  get counts(): VerifierCounts {
    return this.#counts;
  }

  /** Signatures that it would not verify again. */
  get remembered(): number {
    return this.#cache.size;
  }

  /** Verifies claims until one is false or cannot be judged. After that no further one is begun. */
  async verifyAll(claims: readonly SignatureClaim[], options: VerifyOptions = {}): Promise<BatchVerdict> {
    const unknown = claims.findIndex(({ scheme }) => !this.#schemes.has(scheme));
    if (unknown >= 0) return { kind: 'unjudged', index: unknown, cause: 'unknown-scheme' };
    const hasFault = (claim: SignatureClaim) =>
      signatureSizeFault(this.#schemeOf(claim).sizes, claim.signature);
    const sizeFault = claims.findIndex((claim) => hasFault(claim) !== undefined);
    if (sizeFault >= 0) {
      this.#count('refused');
      return { kind: 'invalid', index: sizeFault };
    }
    const batch = new ClaimBatch({ claims, judging: this.#judging, ...options });
    if (batch.hasMore() && !this.#turns.serve(batch, options.caller)) batch.refuse('overloaded');
    return batch.verdict;
  }

  /** Takes a claim as verified: for signatures that the caller's own key made. */
  trust(claim: SignatureClaim): void {
    this.#cache.add(claimKey(claim));
  }

  /** Verifies one claim; false also when it was not judged. */
  async verify(claim: SignatureClaim, options: VerifyOptions = {}): Promise<boolean> {
    return (await this.verifyAll([claim], options)).kind === 'valid';
  }

  #isKnown(key: string): boolean {
    const isKnown = this.#cache.has(key);
    if (isKnown) this.#count('cached');
    return isKnown;
  }

  #schemeOf({ scheme: name }: SignatureClaim): SignatureScheme {
    const scheme = this.#schemes.get(name);
    assert(scheme !== undefined, `claims of ${name} are not judged`);
    return scheme;
  }

  #count(what: keyof VerifierCounts): void {
    this.#counts = { ...this.#counts, [what]: this.#counts[what] + 1 };
  }
}
