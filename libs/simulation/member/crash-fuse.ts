/** A crash to come, at an effect of an instance. */
export interface CrashPlan {
  /** The effect that it happens at, counted from when it is lit; the next one is 1. */
  readonly effects: number;
  /** Whether that effect is still done. */
  readonly isAfter: boolean;
  /** Told once it happened. */
  readonly blown: () => void;
}

/** Counts the effects of an instance, and says at which of them it crashes. */
export class CrashFuse {
  #done = 0;
  #plan: CrashPlan | undefined;
  #left = 0;

  /** Effects so far, over all lives. */
  get effects(): number {
    return this.#done;
  }

  /** Plans a crash in place of the one before; undefined puts the fuse out. */
  light(plan: CrashPlan | undefined): void {
    this.#plan = plan;
    this.#left = plan?.effects ?? 0;
  }

  /** Counts an effect that is about to be done. @returns the crash that happens at it, if one does. */
  burn(): CrashPlan | undefined {
    this.#done += 1;
    this.#left -= 1;
    return this.#left > 0 ? undefined : this.#plan;
  }
}
