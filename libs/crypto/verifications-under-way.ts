import type { SignatureScheme } from './signature-scheme.ts';
import type { SignatureClaim } from './verified-cache.ts';

/** The verifications that run, by the keys of their claims: all askers of one claim wait for the same one. */
export class VerificationsUnderWay {
  readonly #judged: (key: string, ok: boolean) => void;
  readonly #running = new Map<string, Promise<boolean>>();

  /** @param judged - Told of each claim that was verified. */
  constructor(judged: (key: string, ok: boolean) => void) {
    this.#judged = judged;
  }

  get(key: string): Promise<boolean> | undefined {
    return this.#running.get(key);
  }

  begin(key: string, claim: SignatureClaim, scheme: Pick<SignatureScheme, 'verify'>): Promise<boolean> {
    const running = this.#verify(key, claim, scheme).finally(() => this.#running.delete(key));
    this.#running.set(key, running);
    return running;
  }

  async #verify(
    key: string,
    { publicKey, message, signature }: SignatureClaim,
    scheme: Pick<SignatureScheme, 'verify'>,
  ): Promise<boolean> {
    const ok = await scheme.verify(publicKey, message, signature);
    this.#judged(key, ok);
    return ok;
  }
}
