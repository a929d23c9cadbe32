import type { Release } from '#libs/shares/fair-places.ts';

/** All that one guarded call holds of the server: its deadlines, the places of its answers, and its place at work. */
export class CallHoldings {
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #untaken = new Set<Release>();
  #atWorkNoMore: Release = () => {};

  /** Calls `end` after this time, unless the returned function was called before. */
  deadline(durationMs: number, end: () => void): () => void {
    const timer = setTimeout(end, durationMs);
    timer.unref(); // A server that stops does not wait for its callers.
    this.#timers.add(timer);
    return () => this.#stop(timer);
  }

  /** Holds the place of an answer. The returned function gives it back: the caller took the answer. */
  answer(release: Release): () => void {
    this.#untaken.add(release);
    return () => {
      this.#untaken.delete(release);
      release();
    };
  }

  /** Takes a place at work in exchange for the one that it has; undefined where places are not counted. */
  work(take: () => Release | undefined): void {
    this.#atWorkNoMore();
    this.#atWorkNoMore = take() ?? this.#atWorkNoMore;
  }

  /** The call is over: everything is given back. */
  free(): void {
    for (const timer of this.#timers) this.#stop(timer);
    for (const release of this.#untaken) release();
    this.#untaken.clear();
    this.#atWorkNoMore();
    this.#atWorkNoMore = () => {};
  }

  #stop(timer: NodeJS.Timeout): void {
    clearTimeout(timer);
    this.#timers.delete(timer);
  }
}
