import { FAULTS_FORGIVEN_PER_SECOND, FAULTS_MAX } from '../core/limits.ts';
import { TokenBucket } from '../core/token-bucket.ts';
import type { HelloFault } from '../frames/rules/hello.ts';
import type { PeerLinksOptions } from './peer-links-options.ts';

/** The rules that one peer broke, on all of its connections: some faults are forgiven, a wrong hello is not. */
export class Offences {
  readonly #options: Pick<PeerLinksOptions, 'complain' | 'onOffence'>;
  readonly #patience = new TokenBucket({
    perSecond: FAULTS_FORGIVEN_PER_SECOND,
    burst: FAULTS_MAX - 1,
    nowMs: performance.now(),
  });

  constructor(options: Pick<PeerLinksOptions, 'complain' | 'onOffence'>) {
    this.#options = options;
  }

  /** @returns the reason to cut the connection. */
  refused(fault: HelloFault): string {
    this.#options.complain(`peer is refused: ${fault}`);
    this.#options.onOffence();
    return `refused: ${fault}`;
  }

  /** @returns the reason to cut the connection; undefined: the fault is forgiven. */
  fault(fault: string): string | undefined {
    this.#options.complain(`stream is reset: ${fault}`);
    if (this.#patience.take(1, performance.now())) return undefined;
    this.#options.onOffence();
    return `too many faults, the last: ${fault}`;
  }
}
