import { toHex } from '#libs/bytes/hex.ts';
import { type MemberIndex, toEpoch } from '#libs/chain/ids.ts';
import type { Circle } from '#libs/engine/node-ports.ts';

/** The empty circle, before the node names its peers. */
const NOBODY: Circle = { epoch: toEpoch(0n), keys: [], me: undefined };

/** The circle of members and guests that the node is in, by key, and which of them are connected. */
export class CirclePresence {
  #circle: Circle = NOBODY;
  #memberOf: ReadonlyMap<string, MemberIndex> = new Map();
  /** Keys in hex: a connected peer stays connected when indices change. */
  readonly #connected = new Set<string>();

  get circle(): Circle {
    return this.#circle;
  }

  enter(circle: Circle): void {
    this.#circle = circle;
    this.#memberOf = new Map(circle.keys.map((key, index) => [toHex(key), index as MemberIndex]));
  }

  /** The keys of the circle, in hex. */
  keys(): Iterable<string> {
    return this.#memberOf.keys();
  }

  memberOf(key: Uint8Array): MemberIndex | undefined {
    return this.#memberOf.get(toHex(key));
  }

  setConnected(key: Uint8Array, isConnected: boolean): void {
    if (isConnected) this.#connected.add(toHex(key));
    else this.#connected.delete(toHex(key));
  }

  /** The gateway is gone, and with it every connection. */
  clear(): void {
    this.#connected.clear();
  }

  /** Ascending; peers that are not of the circle are left out. */
  connected(): readonly MemberIndex[] {
    return [...this.#connected].flatMap((key) => this.#memberOf.get(key) ?? []).sort((a, b) => a - b);
  }
}
