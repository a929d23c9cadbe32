import type { Prng } from '#libs/random/prng.ts';

type Entry<Value> =
  | { readonly kind: 'whole'; readonly value: Value }
  /** Half written, or with a bit flipped: its checksum says so. */
  | { readonly kind: 'spoilt' };

/**
 * The content of a log after a crash. A spoilt tail was never synced and is dropped; any other spoilt entry is decay.
 */
export type Recovered<Value> =
  | { readonly kind: 'good'; readonly value: Value | undefined }
  | { readonly kind: 'corrupt' };

const ENTRIES_KEPT = 8;

/** A log of values with checksums, of which the newest counts (RULES.md A.31). */
export class SafetyLog<Value> {
  #entries: Entry<Value>[] = [];
  #synced = 0;

  append(value: Value): void {
    this.#entries.push({ kind: 'whole', value });
    // Older entries are needed for decay alone; the newest durable one stays.
    if (this.#entries.length > ENTRIES_KEPT && this.#synced > 1) {
      this.#entries.shift();
      this.#synced -= 1;
    }
  }

  /** All that was appended is durable from here on. */
  sync(): void {
    this.#synced = this.#entries.length;
  }

  /** The process ended inside of an append. */
  tear(): void {
    this.#entries.push({ kind: 'spoilt' });
  }

  /** Cuts the power: a part of the unsynced entries stays, the next one may be half there, the rest is gone. */
  losePower(random: Prng): void {
    const kept = random.int(this.#synced, this.#entries.length);
    const isTorn = kept < this.#entries.length && random.chance(0.5);
    const survived = this.#entries.slice(0, kept);
    this.#entries = survived.filter(({ kind }, at) => at < this.#synced || kind === 'whole');
    // The entries that survive a power cut are on the disk.
    this.#synced = this.#entries.length;
    if (isTorn) this.tear();
  }

  /** Flips a bit of a durable entry. */
  decay(): void {
    if (this.#synced > 0) this.#entries[0] = { kind: 'spoilt' };
  }

  recover(): Recovered<Value> {
    const isCorrupt = this.#entries.slice(0, this.#synced).some(({ kind }) => kind === 'spoilt');
    if (isCorrupt) return { kind: 'corrupt' };
    // Reading does not sync: entries that a crash left unsynced can still be lost in a power cut.
    this.#entries = this.#entries.filter(({ kind }) => kind === 'whole');
    return { kind: 'good', value: this.newest };
  }

  get newest(): Value | undefined {
    return newestOf(this.#entries);
  }

  /** The value that a power cut cannot take. */
  get durable(): Value | undefined {
    return newestOf(this.#entries.slice(0, this.#synced));
  }

  /** Puts back one old value, as a backup would. */
  restore(value: Value | undefined): void {
    this.#entries = value === undefined ? [] : [{ kind: 'whole', value }];
    this.sync();
  }
}

function newestOf<Value>(entries: readonly Entry<Value>[]): Value | undefined {
  const last = entries.findLast(({ kind }) => kind === 'whole');
  return last?.kind === 'whole' ? last.value : undefined;
}
