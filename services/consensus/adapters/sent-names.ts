/** Certificates and openings that the signer was sent, by their fact: their signers do not matter to it. One view takes three. */
const SENT_MAX = 64;

/** The newest names of what was sent. */
export class SentNames {
  readonly #names = new Set<string>();

  has(name: string): boolean {
    return this.#names.has(name);
  }

  add(name: string): void {
    this.#names.delete(name);
    this.#names.add(name);
    for (const oldest of this.#names) {
      if (this.#names.size <= SENT_MAX) return;
      this.#names.delete(oldest);
    }
  }

  clear(): void {
    this.#names.clear();
  }
}
