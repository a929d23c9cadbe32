import type { HaltCause } from '#libs/engine/ports/halt-cause.ts';

/** Why a member signs nothing any more. The first reason counts: later ones are often its consequence. */
export class HaltNote {
  readonly #listeners: (() => void)[] = [];
  #reason = '';
  #cause: HaltCause = 'other';

  /** Empty while it takes part. */
  get reason(): string {
    return this.#reason;
  }

  get cause(): HaltCause {
    return this.#cause;
  }

  listen(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** @returns whether it was the first. */
  note(reason: string, cause: HaltCause): boolean {
    if (this.#reason !== '') return false;
    this.#reason = reason;
    this.#cause = cause;
    return true;
  }

  tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
