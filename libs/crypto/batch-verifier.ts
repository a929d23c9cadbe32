import { availableParallelism } from 'node:os';
import { assert } from '#libs/assert/assert.ts';
import { VERIFIED_CACHE_CAPACITY, VERIFY_WAITING_MAX } from './limits.ts';
import type { SignatureScheme } from './signature-scheme.ts';
import { signatureSizeFault } from './sizes.ts';
import { VerificationsUnderWay, type VerificationsUnderWayOptions } from './verifications-under-way.ts';
import { claimKey, type SignatureClaim, VerifiedCache } from './verified-cache.ts';

/** The budget of one caller, such as a peer. Asked before each verification that costs something. */
interface VerifyBudget {
  /** Takes one verification out of the budget; false when it is used up. */
  take(): boolean;
}

export interface VerifyOptions {
  readonly budget?: VerifyBudget;
  /** The caller, such as a peer. Callers are served in turn, however much each asks for. */
  readonly caller?: unknown;
  /** Stops before the next signature. */
  readonly signal?: AbortSignal;
}

/** `index` is the claim that decided. `unjudged`: nothing is known about it, and nobody is to blame. */
export type BatchVerdict =
  | { readonly kind: 'valid' }
  | { readonly kind: 'invalid'; readonly index: number }
  | {
      readonly kind: 'unjudged';
      readonly index: number;
      readonly cause: 'over-budget' | 'overloaded' | 'aborted' | 'unknown-scheme';
    };

/** Counted since the start: how much work the cache saved. */
export interface VerifierCounts {
  readonly verified: number;
  readonly cached: number;
  readonly refused: number;
}

/** `inFlightMax` is one per core when left out, because more would only wait inside the thread pool. */
export interface BatchVerifierOptions
  extends Partial<Pick<VerificationsUnderWayOptions, 'inFlightMax' | 'waitingMax' | 'waited'>> {
  /** Those that claims may be of. */
  readonly schemes: readonly SignatureScheme[];
  readonly cache?: VerifiedCache;
}

/**
 * Verifies many signatures at once and none of them twice: a claim in the cache costs a hash, and a caller that
 * asks for a claim under verification waits for that verification.
 */
export class BatchVerifier {
  readonly #schemes: ReadonlyMap<string, SignatureScheme>;
  readonly #cache: VerifiedCache;
  readonly #lanes: number;
  readonly #underWay: VerificationsUnderWay;
  #counts: VerifierCounts = { verified: 0, cached: 0, refused: 0 };

  constructor(options: BatchVerifierOptions) {
    const { inFlightMax = availableParallelism(), waitingMax = VERIFY_WAITING_MAX } = options;
    this.#schemes = new Map(options.schemes.map((scheme) => [scheme.name, scheme]));
    this.#cache = options.cache ?? new VerifiedCache({ capacity: VERIFIED_CACHE_CAPACITY });
    this.#lanes = inFlightMax;
    this.#underWay = new VerificationsUnderWay({
      ...{ inFlightMax, waitingMax, waited: options.waited },
      judged: (key, ok) => {
        this.#count(ok ? 'verified' : 'refused');
        if (ok) this.#cache.add(key);
      },
    });
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
    let verdict: BatchVerdict = { kind: 'valid' };
    let isFailed = false;
    const rest = claims.entries();
    const lane = async (): Promise<void> => {
      for (const [index, claim] of rest) {
        if (verdict.kind !== 'valid' || isFailed) return;
        const found = await this.#judge(claim, index, options).catch((error: unknown) => {
          isFailed = true;
          throw error;
        });
        if (verdict.kind === 'valid') verdict = found;
      }
    };
    await Promise.all(Array.from({ length: Math.min(this.#lanes, claims.length) }, lane));
    return verdict;
  }

  /** Takes a claim as verified: for signatures that the caller's own key made. */
  trust(claim: SignatureClaim): void {
    this.#cache.add(claimKey(claim));
  }

  /** Verifies one claim; false also when it was not judged. */
  async verify(claim: SignatureClaim, options: VerifyOptions = {}): Promise<boolean> {
    return (await this.verifyAll([claim], options)).kind === 'valid';
  }

  async #judge(
    claim: SignatureClaim,
    index: number,
    { budget, signal, caller }: VerifyOptions,
  ): Promise<BatchVerdict> {
    if (signal?.aborted === true) return { kind: 'unjudged', index, cause: 'aborted' };
    const key = claimKey(claim);
    if (this.#cache.has(key)) {
      this.#count('cached');
      return { kind: 'valid' };
    }
    const underWay = this.#underWay.get(key);
    if (underWay === undefined && budget?.take() === false) {
      return { kind: 'unjudged', index, cause: 'over-budget' };
    }
    const running = underWay ?? this.#underWay.begin(key, claim, this.#schemeOf(claim), caller);
    if (running === undefined) return { kind: 'unjudged', index, cause: 'overloaded' };
    return (await running) ? { kind: 'valid' } : { kind: 'invalid', index };
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
