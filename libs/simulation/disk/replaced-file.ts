import type { Prng } from '#libs/random/prng.ts';

interface Content<Value> {
  readonly value: Value;
  readonly isSynced: boolean;
}

/**
 * A file that is replaced as a whole: written beside, synced, renamed over the old one, and its folder synced
 * (RULES.md A.25). Until the folder is synced, a power cut may undo the rename; a file that was renamed unsynced may
 * be incomplete.
 */
export class ReplacedFile<Value> {
  #durable: Value;
  /** The content under the name now. */
  #named: Content<Value>;
  #beside: Content<Value> | undefined;
  #isSpoilt = false;

  constructor(value: Value) {
    this.#durable = value;
    this.#named = { value, isSynced: true };
  }

  /** The value that a process reads: a crash alone loses nothing that was written. */
  get value(): Value {
    return this.#named.value;
  }

  /** The value that a power cut cannot take. */
  get durable(): Value {
    return this.#durable;
  }

  /** False when a bit flipped, or half of a write has the name: the checksum says so. */
  get isSound(): boolean {
    return !this.#isSpoilt;
  }

  write(value: Value): void {
    this.#beside = { value, isSynced: false };
  }

  sync(): void {
    if (this.#beside !== undefined) this.#beside = { ...this.#beside, isSynced: true };
  }

  rename(): void {
    if (this.#beside === undefined) return;
    this.#named = this.#beside;
    this.#beside = undefined;
  }

  syncFolder(): void {
    if (this.#named.isSynced) this.#durable = this.#named.value;
  }

  /** Handles a power cut: a rename may be undone, and unsynced content is incomplete or missing. */
  losePower(random: Prng): void {
    this.#beside = undefined;
    if (this.#named.value === this.#durable) return;
    const isUndone = random.chance(0.5);
    if (!isUndone && !this.#named.isSynced) this.#isSpoilt = true;
    const value = isUndone ? this.#durable : this.#named.value;
    this.restore(value, this.#isSpoilt);
  }

  /** A bit flips. */
  decay(): void {
    this.#isSpoilt = true;
  }

  /** Puts a content in its place, durable: a backup does. */
  restore(value: Value, isSpoilt = false): void {
    this.#durable = value;
    this.#named = { value, isSynced: true };
    this.#beside = undefined;
    this.#isSpoilt = isSpoilt;
  }
}
