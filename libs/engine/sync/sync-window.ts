import { type Height, type MemberIndex, toHeight } from '#libs/chain/ids.ts';
import type { BlockRange, HeightSpan } from '../ports/block-range.ts';
import { ANSWER_MS, PATIENCE_MS } from './sync-limits.ts';

/** A range asked for. */
export interface Flight extends HeightSpan {
  readonly id: bigint;
  readonly peer: MemberIndex;
  readonly askedMs: number;
}

/** A range whose certificate is verified, waiting for the ones below. */
export interface HeldRange extends HeightSpan {
  readonly range: BlockRange;
  readonly peer: MemberIndex;
}

/** The heights that are on the way, being verified, or waiting. The caller gives the time. */
export class SyncWindow {
  readonly #rangesMax: number;
  readonly #flights = new Map<bigint, Flight>();
  readonly #verifying = new Set<Flight>();
  #held: readonly HeldRange[] = [];

  constructor(rangesMax: number) {
    this.#rangesMax = rangesMax;
  }

  get isFull(): boolean {
    return this.#flights.size + this.#verifying.size + this.#held.length >= this.#rangesMax;
  }

  /** The lowest heights of the span that nobody works on. A request that is late does not count as work. */
  gap({ from, to }: HeightSpan, nowMs: number): HeightSpan | undefined {
    const fresh = [...this.#flights.values()].filter((flight) => !isLate(flight, nowMs));
    const covered: HeightSpan[] = [...fresh, ...this.#verifying, ...this.#held];
    covered.sort((a, b) => Number(a.from - b.from));
    let lowest = from;
    let highest = to;
    for (const span of covered) {
      if (span.from > lowest) {
        highest = span.from > to ? to : below(span.from);
        break;
      }
      if (span.to >= lowest) lowest = above(span.to);
    }
    return lowest > highest ? undefined : { from: lowest, to: highest };
  }

  ask(flight: Flight): void {
    this.#flights.set(flight.id, flight);
  }

  /** The request that an answer belongs to; it is being verified from now on. */
  answered(id: bigint, peer: MemberIndex): Flight | undefined {
    const flight = this.#flights.get(id);
    if (flight === undefined || flight.peer !== peer) return undefined;
    this.#flights.delete(id);
    this.#verifying.add(flight);
    return flight;
  }

  /** @returns false when it was forgotten meanwhile: then nobody wants its result. */
  verified(flight: Flight): boolean {
    return this.#verifying.delete(flight);
  }

  hold(held: HeldRange): void {
    this.#held = [...this.#held, held];
  }

  /** Takes out the range that holds this height; forgets those below it. */
  take(height: Height): HeldRange | undefined {
    this.#held = this.#held.filter(({ to }) => to >= height);
    const found = this.#held.find(({ from }) => from <= height);
    this.#held = this.#held.filter((held) => held !== found);
    return found;
  }

  /** Requests that wait for longer than others do. */
  late(nowMs: number): readonly Flight[] {
    return [...this.#flights.values()].filter((flight) => isLate(flight, nowMs));
  }

  /** Takes out the requests that are lost. */
  expire(nowMs: number): readonly Flight[] {
    const lost = [...this.#flights.values()].filter(({ askedMs }) => nowMs - askedMs >= ANSWER_MS);
    for (const { id } of lost) this.#flights.delete(id);
    return lost;
  }

  /** Forgets everything. @returns the requests that had no answer yet. */
  clear(): readonly Flight[] {
    const open = [...this.#flights.values(), ...this.#verifying];
    this.#flights.clear();
    this.#verifying.clear();
    this.#held = [];
    return open;
  }
}

function isLate({ askedMs }: Flight, nowMs: number): boolean {
  return nowMs - askedMs >= PATIENCE_MS;
}

function below(height: Height): Height {
  return toHeight(height - 1n);
}

function above(height: Height): Height {
  return toHeight(height + 1n);
}
