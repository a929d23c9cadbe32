/** How many taken slots may stand before the array is cut: keeps `take` constant on average. */
const SLACK = 64;

/** A queue: in at one end, out at the other, each in constant time on average. */
export class Fifo<T> {
  #items: (T | undefined)[] = [];
  #head = 0;

  get size(): number {
    return this.#items.length - this.#head;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  take(): T | undefined {
    if (this.#head === this.#items.length) return undefined;
    const item = this.#items[this.#head];
    this.#items[this.#head] = undefined;
    this.#head += 1;
    if (this.#head > SLACK && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  /** Takes an item out of the middle; its cost grows with the queue. */
  remove(item: T): void {
    this.#items = this.#items.slice(this.#head).filter((each) => each !== item);
    this.#head = 0;
  }
}
