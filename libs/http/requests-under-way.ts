import { REQUESTS_MAX, REQUESTS_PER_CALLER_MAX } from './limits.ts';

/** Requests of a server that are under way, of all callers and of each. */
export class RequestsUnderWay {
  readonly #byCaller = new Map<string, number>();
  #all = 0;

  /** @returns false when the server or this caller has too many under way. */
  begin(caller: string): boolean {
    const own = this.#byCaller.get(caller) ?? 0;
    if (this.#all >= REQUESTS_MAX || own >= REQUESTS_PER_CALLER_MAX) return false;
    this.#all += 1;
    this.#byCaller.set(caller, own + 1);
    return true;
  }

  /** A request that began has ended. */
  end(caller: string): void {
    const own = this.#byCaller.get(caller) ?? 0;
    if (own <= 1) this.#byCaller.delete(caller);
    else this.#byCaller.set(caller, own - 1);
    this.#all -= 1;
  }
}
