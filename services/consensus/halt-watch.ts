import type { FinalFeed } from '#libs/engine/ports/final-channel.ts';
import type { HaltHeight } from '#libs/engine/ports/halt-height.ts';
import type { Logger } from '#libs/log/logger.ts';
import type { Lifecycle } from '#libs/service/lifecycle.ts';

export interface HaltWatchOptions {
  readonly halt: HaltHeight;
  readonly final: FinalFeed;
  readonly finalHeight: () => bigint;
  readonly log: Logger;
}

/** Tells in the log that this member is to stop behind a height, and that it has. */
export class HaltWatch implements Lifecycle {
  readonly #options: HaltWatchOptions;
  #told: bigint | undefined;

  constructor(options: HaltWatchOptions) {
    this.#options = options;
    options.final.listen({ ordered: () => this.look() });
  }

  async start(): Promise<void> {
    const { halt, finalHeight, log } = this.#options;
    if (halt.height !== undefined)
      log.info('is to stop behind a height', { halt_height: halt.height, height: finalHeight() });
    this.look();
  }

  async stop(): Promise<void> {}

  /** To be called when the height may be reached. */
  look(): void {
    const { halt, finalHeight, log } = this.#options;
    const { height } = halt;
    if (height === undefined || !halt.isReached(finalHeight()) || this.#told === height) return;
    this.#told = height;
    log.info('stopped behind the height that its operator named: this member signs nothing more', {
      halt_height: height,
      height: finalHeight(),
    });
  }
}
