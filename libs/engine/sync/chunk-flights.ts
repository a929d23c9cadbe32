import type { MemberIndex } from '#libs/chain/ids.ts';
import { ANSWER_MS, PATIENCE_MS } from './sync-limits.ts';

/** A request for a part of a snapshot: a chunk by its number, or the outline. */
export interface ChunkFlight {
  readonly id: bigint;
  readonly peer: MemberIndex;
  readonly part: number | 'outline';
  readonly askedMs: number;
}

/** Requests on the way. The caller gives the time. */
export class ChunkFlights {
  readonly #flights = new Map<bigint, ChunkFlight>();

  get size(): number {
    return this.#flights.size;
  }

  /** Whether a peer that still has time was asked for this part. */
  isAsked(part: ChunkFlight['part'], nowMs: number): boolean {
    return [...this.#flights.values()].some(
      (each) => each.part === part && nowMs - each.askedMs < PATIENCE_MS,
    );
  }

  ask(flight: ChunkFlight): void {
    this.#flights.set(flight.id, flight);
  }

  /** Takes out the request that an answer belongs to. */
  answered(id: bigint, peer: MemberIndex): ChunkFlight | undefined {
    const flight = this.#flights.get(id);
    if (flight === undefined || flight.peer !== peer) return undefined;
    this.#flights.delete(id);
    return flight;
  }

  /** Requests that keep us waiting. */
  late(nowMs: number): readonly ChunkFlight[] {
    return [...this.#flights.values()].filter(({ askedMs }) => nowMs - askedMs >= PATIENCE_MS);
  }

  /** Takes out the requests that are lost. */
  expire(nowMs: number): readonly ChunkFlight[] {
    const lost = [...this.#flights.values()].filter(({ askedMs }) => nowMs - askedMs >= ANSWER_MS);
    for (const { id } of lost) this.#flights.delete(id);
    return lost;
  }

  /** Forgets all; their answers are not looked at. @returns them. */
  clear(): readonly ChunkFlight[] {
    const all = [...this.#flights.values()];
    this.#flights.clear();
    return all;
  }
}
