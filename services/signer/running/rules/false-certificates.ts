/** Names kept: each is 64 bytes, and one of them saves up to 684 verifications. */
const KEPT = 256;

/**
 * Certificates whose signatures did not hold, by the digest of all their bytes: a repeat costs a hash. A sender
 * that changes a byte each time pays with its quota of certificates and bytes; this memory is against repeats.
 */
export class FalseCertificates {
  /** Oldest use first. */
  readonly #names = new Set<string>();

  has(name: string): boolean {
    if (!this.#names.delete(name)) return false;
    this.#names.add(name);
    return true;
  }

  add(name: string): void {
    this.#names.add(name);
    if (this.#names.size <= KEPT) return;
    for (const oldest of this.#names) {
      this.#names.delete(oldest);
      return;
    }
  }
}
