import { VERIFY_WAITING_EACH_MAX } from './limits.ts';
import { Semaphore } from './semaphore.ts';
import type { SignatureScheme } from './signature-scheme.ts';
import type { SignatureClaim } from './verified-cache.ts';

export interface VerificationsUnderWayOptions {
  /** Verifications at once, over all callers. */
  readonly inFlightMax: number;
  /** Verifications that may wait for their turn, over all callers. */
  readonly waitingMax: number;
  /** Told of each verification when it begins: how long it waited for others, ms. */
  readonly waited?: ((waitMs: number) => void) | undefined;
  /** A claim was judged. */
  readonly judged: (key: string, ok: boolean) => void;
}

/** The verifications that run or wait, by the keys of their claims: all askers of one claim wait for the same one. */
export class VerificationsUnderWay {
  readonly #judged: (key: string, ok: boolean) => void;
  readonly #waited: ((waitMs: number) => void) | undefined;
  readonly #semaphore: Semaphore;
  readonly #running = new Map<string, Promise<boolean>>();

  constructor({ inFlightMax, waitingMax, waited, judged }: VerificationsUnderWayOptions) {
    this.#judged = judged;
    this.#waited = waited;
    this.#semaphore = new Semaphore({
      permits: inFlightMax,
      waitingMax,
      waitingEachMax: Math.min(VERIFY_WAITING_EACH_MAX, waitingMax),
    });
  }

  get(key: string): Promise<boolean> | undefined {
    return this.#running.get(key);
  }

  /** Verifies a claim; undefined when too many verifications wait already. */
  begin(
    key: string,
    { publicKey, message, signature }: SignatureClaim,
    scheme: Pick<SignatureScheme, 'verify'>,
    caller: unknown,
  ): Promise<boolean> | undefined {
    const askedAtMs = performance.now();
    const running = this.#semaphore.run(() => {
      this.#waited?.(performance.now() - askedAtMs);
      return scheme.verify(publicKey, message, signature);
    }, caller);
    if (running === undefined) return undefined;
    const judged = running
      .then((ok) => {
        this.#judged(key, ok);
        return ok;
      })
      .finally(() => this.#running.delete(key));
    this.#running.set(key, judged);
    return judged;
  }
}
