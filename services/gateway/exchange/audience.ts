/** Who is connected, and who of them speaks peer exchange. */
export class Audience {
  /** Keys; true for those that do not speak it. */
  readonly #deaf = new Map<string, boolean>();

  /** Keys of all who are connected. */
  get all(): readonly string[] {
    return [...this.#deaf.keys()];
  }

  /** Keys of those that can be told and asked. */
  get hearing(): readonly string[] {
    return this.all.filter((key) => this.#deaf.get(key) === false);
  }

  enter(key: string): void {
    this.#deaf.set(key, false);
  }

  leave(key: string): void {
    this.#deaf.delete(key);
  }

  /** A plain libp2p node, or one before its handlers are there: it is left alone until it connects anew. */
  isDeaf(key: string): void {
    if (this.#deaf.has(key)) this.#deaf.set(key, true);
  }
}
