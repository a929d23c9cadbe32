/** The connected peers, and which of them speak peer exchange. */
export class Audience {
  /** Connected keys; true for peers that do not speak peer exchange. */
  readonly #deaf = new Map<string, boolean>();

  /** Keys of all connected peers. */
  get all(): readonly string[] {
    return [...this.#deaf.keys()];
  }

  /** Keys of the connected peers that speak peer exchange. */
  get hearing(): readonly string[] {
    return this.all.filter((key) => this.#deaf.get(key) === false);
  }

  enter(key: string): void {
    this.#deaf.set(key, false);
  }

  leave(key: string): void {
    this.#deaf.delete(key);
  }

  /**
   * Marks a plain libp2p node, or one whose handlers are not registered yet: it is left alone until it connects anew.
   */
  isDeaf(key: string): void {
    if (this.#deaf.has(key)) this.#deaf.set(key, true);
  }
}
