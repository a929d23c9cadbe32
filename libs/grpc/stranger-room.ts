import { FairPlaces, type Release } from '#libs/shares/fair-places.ts';
import { type Caller, pathOf } from './caller.ts';
import type { CodedRefusal } from './status.ts';

/**
 * The resources of this process that unknown callers may hold. They are shared fairly between addresses, keys
 * and connections: the largest holder gives up its oldest for a smaller one.
 */
export interface StrangerLimits {
  /** The largest request, bytes. */
  readonly messageBytesMax: number;
  /** Connections at one time, where the process may have so many descriptors. */
  readonly connectionsMax: number;
  /** Time after which a connection without a call is closed, ms. */
  readonly idleMsMax: number;
  /** Time in which a request must arrive whole after its first byte, ms. */
  readonly requestMsMax: number;
  /**
   * Requests that have not arrived whole. Beyond this number the oldest that took longer than `patienceMs` give way.
   */
  readonly arrivingMax: number;
  readonly patienceMs: number;
  /** Time in which an answer must be taken, ms. */
  readonly answerMsMax: number;
  /** Answers that were given and not taken yet, bytes. */
  readonly untakenBytesMax: number;
  /**
   * The refusal of a request to this method (`/full.Name/Method`) that is too large, where the method has a
   * code of its own.
   */
  readonly tooLarge?: (path: string, sizeBytes: number) => CodedRefusal | undefined;
}

/** A request that is on its way. */
export interface Arriving {
  readonly caller: Caller;
  /** Ends the call, and calls `end`. */
  giveWay(): void;
}

/** The resources that all calls of a server hold. */
export class StrangerRoom {
  readonly limits: StrangerLimits;
  /** The arriving requests of each owner, oldest first, with the time of their first byte. */
  readonly #arriving = new Map<string, Map<Arriving, number>>();
  readonly #untaken: FairPlaces;
  #arrivingCount = 0;

  constructor(limits: StrangerLimits) {
    this.limits = limits;
    const { untakenBytesMax } = limits;
    this.#untaken = new FairPlaces([untakenBytesMax, untakenBytesMax, untakenBytesMax, untakenBytesMax]);
  }

  begin(call: Arriving): void {
    const { owner } = call.caller;
    const ofOwner = this.#arriving.get(owner) ?? new Map<Arriving, number>();
    this.#arriving.set(owner, ofOwner.set(call, performance.now()));
    this.#arrivingCount += 1;
    const { arrivingMax, patienceMs } = this.limits;
    while (this.#arrivingCount > arrivingMax) {
      const oldest = this.#oldestOfMost();
      if (oldest === undefined || performance.now() - oldest.sinceMs < patienceMs) return;
      oldest.call.giveWay();
    }
  }

  end(call: Arriving): void {
    const { owner } = call.caller;
    const ofOwner = this.#arriving.get(owner);
    if (ofOwner?.delete(call) !== true) return;
    this.#arrivingCount -= 1;
    if (ofOwner.size === 0) this.#arriving.delete(owner);
  }

  /**
   * Whether this connection leaves so many answers unread that no other is begun for it: making an answer costs
   * more than refusing it.
   */
  isCrowded(caller: Caller): boolean {
    const half = this.limits.untakenBytesMax / 2;
    return this.#untaken.size > half && this.#untaken.heldBy(pathOf(caller)) > half / 2;
  }

  /** Reserves room for an answer until it is taken; undefined when there is no room for this caller. */
  give(caller: Caller, weight: number, giveWay: () => void): Release | undefined {
    return this.#untaken.enter({ path: pathOf(caller), weight, giveWay });
  }

  #oldestOfMost(): { readonly call: Arriving; readonly sinceMs: number } | undefined {
    let most: Map<Arriving, number> | undefined;
    for (const calls of this.#arriving.values()) if (calls.size > (most?.size ?? 0)) most = calls;
    const [oldest] = most ?? [];
    return oldest === undefined ? undefined : { call: oldest[0], sinceMs: oldest[1] };
  }
}
