import { HttpError } from '#libs/http/http-error.ts';
import type { HttpRoute } from '#libs/http/route.ts';
import { PAGES_PER_SECOND_MAX } from './limits.ts';

const MS_PER_SECOND = 1_000;

/** The pages that all callers together may read in a second: a key costs a stranger nothing, so shares of each would bound nothing. */
export class PageBudget {
  readonly #nowMs: () => number;
  #left = PAGES_PER_SECOND_MAX;
  #atMs: number;

  /** @param nowMs - Milliseconds of a clock that never goes back. */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
    this.#atMs = nowMs();
  }

  /** The same route, within the budget. */
  bound(route: HttpRoute): HttpRoute {
    return {
      ...route,
      handle: (request) => {
        if (this.#take()) return route.handle(request);
        const error = 'more pages are asked for than are read in a second';
        throw new HttpError({
          status: 429,
          error,
          field: '',
          cure: 'come again after the seconds in Retry-After',
        });
      },
    };
  }

  #take(): boolean {
    const nowMs = this.#nowMs();
    const earned = ((nowMs - this.#atMs) / MS_PER_SECOND) * PAGES_PER_SECOND_MAX;
    this.#left = Math.min(PAGES_PER_SECOND_MAX, this.#left + earned);
    this.#atMs = nowMs;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
