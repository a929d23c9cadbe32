/** A map that forgets its oldest entry for a new one where it is full. */
export class BoundedMap<Key, Value> {
  readonly #sizeMax: number;
  readonly #onForgotten: (value: Value) => void;
  readonly #entries = new Map<Key, Value>();

  constructor(sizeMax: number, onForgotten: (value: Value) => void = () => {}) {
    this.#sizeMax = sizeMax;
    this.#onForgotten = onForgotten;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: Key): Value | undefined {
    return this.#entries.get(key);
  }

  set(key: Key, value: Value): void {
    this.#entries.set(key, value);
    if (this.#entries.size <= this.#sizeMax) return;
    for (const [oldest, forgotten] of this.#entries) {
      this.#entries.delete(oldest);
      return this.#onForgotten(forgotten);
    }
  }

  /** Takes an entry out. */
  take(key: Key): Value | undefined {
    const value = this.#entries.get(key);
    this.#entries.delete(key);
    return value;
  }
}
