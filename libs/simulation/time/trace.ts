/** Lines kept for reading; a run that goes on for ever must not fill the memory. */
const LINES_MAX = 1_000_000;

/** The events of a run, as one hash over every line, and the lines themselves when someone wants to read them. */
export class Trace {
  readonly #keeps: boolean;
  readonly #lines: string[] = [];
  #a = 0x9e3779b9;
  #b = 0x85ebca6b;

  constructor(keeps: boolean) {
    this.#keeps = keeps;
  }

  get lines(): readonly string[] {
    return this.#lines;
  }

  /** Two runs with the same hash did the same: 64 bits, good against accidents only. */
  get hash(): string {
    return hex32(this.#a) + hex32(this.#b);
  }

  note(line: string): void {
    let a = this.#a;
    let b = this.#b;
    for (let at = 0; at < line.length; at++) {
      const unit = line.charCodeAt(at);
      a = Math.imul(a ^ unit, 0x01000193);
      b = Math.imul(b + unit, 0x5bd1e995) ^ (b >>> 15);
    }
    this.#a = Math.imul(a ^ 0x0a, 0x01000193);
    this.#b = b;
    if (this.#keeps && this.#lines.length < LINES_MAX) this.#lines.push(line);
  }
}

function hex32(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}
