import { toHex } from '#libs/bytes/hex.ts';
import { type MemberIndex, toEpoch } from '#libs/chain/ids.ts';
import type { Circle } from '#libs/engine/node-ports.ts';
import type { LinkState } from '../core/decided-height.ts';

/** The empty circle, before the node names its peers. */
const NOBODY: Circle = { epoch: toEpoch(0n), keys: [], me: undefined };

/** The circle of members and guests that the node is in, by key, and which of them are connected. */
export class CirclePresence {
  #circle: Circle = NOBODY;
  #memberOf: ReadonlyMap<string, MemberIndex> = new Map();
  /** Keys in hex: a connected peer stays connected when indices change. */
  readonly #connected = new Set<string>();
  readonly #nowMs: () => number;
  /** By key: when it came or went, as far as that was seen. */
  readonly #changedMs = new Map<string, number>();
  readonly #beganMs: number;

  /** @param nowMs - Milliseconds of a clock that never goes back. */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
    this.#beganMs = nowMs();
  }

  get circle(): Circle {
    return this.#circle;
  }

  enter(circle: Circle): void {
    this.#circle = circle;
    this.#memberOf = new Map(circle.keys.map((key, index) => [toHex(key), index as MemberIndex]));
    for (const key of this.#changedMs.keys())
      if (!this.#memberOf.has(key) && !this.#connected.has(key)) this.#changedMs.delete(key);
  }

  /** The keys of the circle, in hex. */
  keys(): Iterable<string> {
    return this.#memberOf.keys();
  }

  memberOf(key: Uint8Array): MemberIndex | undefined {
    return this.#memberOf.get(toHex(key));
  }

  setConnected(key: Uint8Array, isConnected: boolean): void {
    const name = toHex(key);
    if (this.#connected.has(name) !== isConnected) this.#changedMs.set(name, this.#nowMs());
    if (isConnected) this.#connected.add(name);
    else this.#connected.delete(name);
  }

  /** Whether this peer is connected, and since when. */
  linkOf(member: MemberIndex): LinkState {
    const key = this.#circle.keys[member];
    const name = key === undefined ? '' : toHex(key);
    return {
      isConnected: this.#connected.has(name),
      sinceMs: this.#changedMs.get(name) ?? this.#beganMs,
    };
  }

  /** The gateway is gone, and with it every connection. */
  clear(): void {
    for (const key of this.#connected) this.#changedMs.set(key, this.#nowMs());
    this.#connected.clear();
  }

  /** Ascending; peers that are not of the circle are left out. */
  connected(): readonly MemberIndex[] {
    return [...this.#connected].flatMap((key) => this.#memberOf.get(key) ?? []).sort((a, b) => a - b);
  }
}
