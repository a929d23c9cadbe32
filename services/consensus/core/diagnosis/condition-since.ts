/** For how long a condition holds, as somebody who looks again and again sees it. */
export class ConditionSince {
  readonly #nowMs: () => number;
  #sinceMs: number | undefined;

  /** @param nowMs - Milliseconds of a clock that never goes back. */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** @returns how long it holds, 0 while it does not. */
  look(holds: boolean): number {
    this.#sinceMs = holds ? (this.#sinceMs ?? this.#nowMs()) : undefined;
    return this.#sinceMs === undefined ? 0 : this.#nowMs() - this.#sinceMs;
  }

  /** The condition holds from now on, if it does. */
  again(): void {
    this.#sinceMs = undefined;
  }
}
