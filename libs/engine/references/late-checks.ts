import type { MemberIndex } from '#libs/chain/ids.ts';
import type { ClaimVerifier } from '../ports/engine-ports.ts';
import type { WaitingMessage } from './incomplete-messages.ts';
import type { LateSignatures } from './late-signatures.ts';
import type { SignaturePool } from './signature-pool.ts';

export interface LateCheckOptions {
  readonly verifier: ClaimVerifier;
  readonly pool: Pick<SignaturePool, 'keep'>;
  readonly late: Pick<LateSignatures, 'take'>;
}

/**
 * Verifies what the members themselves sent, too late to count, once a message names it: that need not be asked for. A false one is the
 * fault of the member that signed it, and of nobody who names it.
 */
export class LateChecks {
  readonly #options: LateCheckOptions;
  /** The senders of messages for which signatures are verified, and how many are left. */
  readonly #left = new Map<MemberIndex, number>();

  constructor(options: LateCheckOptions) {
    this.#options = options;
  }

  isBusyFor(from: MemberIndex): boolean {
    return this.#left.has(from);
  }

  /** @param done - Called when the last one of this sender's messages is judged; not at all where there is none. */
  check({ from, message }: WaitingMessage, done: () => void): void {
    const { late, pool, verifier } = this.#options;
    const claims = late.take(message.missing);
    if (claims.length === 0) return;
    this.#left.set(from, (this.#left.get(from) ?? 0) + claims.length);
    for (const claim of claims) {
      const judged = (ok: boolean): void => {
        if (ok) pool.keep([claim]);
        if (this.#isLast(from)) done();
      };
      verifier.verify([claim], judged, claim.member);
    }
  }

  #isLast(from: MemberIndex): boolean {
    const left = (this.#left.get(from) ?? 0) - 1;
    if (left > 0) this.#left.set(from, left);
    else this.#left.delete(from);
    return left <= 0;
  }
}
