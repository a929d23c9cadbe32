/** A queue whose head costs the same however long it is: `shift` of an array moves all that is behind it. */
export class WorkQueue<Item> {
  #head: Item[] = [];
  #at = 0;
  #tail: Item[] = [];

  push(item: Item): void {
    this.#tail.push(item);
  }

  shift(): Item | undefined {
    if (this.#at >= this.#head.length) {
      if (this.#tail.length === 0) return undefined;
      this.#head = this.#tail;
      this.#tail = [];
      this.#at = 0;
    }
    const item = this.#head[this.#at];
    this.#at += 1;
    return item;
  }
}
