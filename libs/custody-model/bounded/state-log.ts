import type { MachineState } from './images.ts';

/** Words of a state: three of 32 bits, with 24 bits for each of its four numbers; then the state that it came from. */
const WORDS = 4;
const CHUNK_BITS = 14;
const CHUNK = 2 ** CHUNK_BITS;
const TABLE_MIN = 2 ** 12;
/** Of the table that finds a state this part is used at most: beyond it, searching takes long. */
const LOAD_MAX = 0.7;
const WORD_BYTES = 4;

/** Every state seen, in the order of discovery, which is the order of their signatures; sixteen bytes for each, and a table. */
export class StateLog {
  readonly #bytesMax: number;
  readonly #chunks: Uint32Array[] = [];
  #table = new Uint32Array(TABLE_MIN);
  #size = 0;

  /** @param bytesMax - Memory for all states. */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get size(): number {
    return this.#size;
  }

  get bytes(): number {
    return (this.#chunks.length * CHUNK * WORDS + this.#table.length) * WORD_BYTES;
  }

  /**
   * Puts a state in, unless it is there.
   * @returns Whether it is new; undefined when there is no memory for it.
   */
  add([a, b, c, d]: MachineState, parent: number): boolean | undefined {
    const [x, y, z] = [pack(a, d), pack(b, d >>> 8), pack(c, d >>> 16)];
    let at = this.#find(x, y, z);
    if (this.#table[at] !== 0) return false;
    if (!this.#hasRoom()) return undefined;
    // It may have been moved to make room.
    at = this.#find(x, y, z);
    const chunk = this.#chunks[this.#size >>> CHUNK_BITS];
    if (chunk === undefined) return undefined;
    chunk.set([x, y, z, parent], (this.#size & (CHUNK - 1)) * WORDS);
    this.#size++;
    this.#table[at] = this.#size;
    return true;
  }

  at(index: number): MachineState {
    const [x, y, z] = [this.#word(index, 0), this.#word(index, 1), this.#word(index, 2)];
    return [x & LOW, y & LOW, z & LOW, (x >>> 24) | ((y >>> 24) << 8) | ((z >>> 24) << 16)];
  }

  parent(index: number): number {
    return this.#word(index, WORDS - 1);
  }

  #word(index: number, word: number): number {
    return this.#chunks[index >>> CHUNK_BITS]?.[(index & (CHUNK - 1)) * WORDS + word] ?? 0;
  }

  /** Where the state is in the table, or would be. */
  #find(x: number, y: number, z: number): number {
    const mask = this.#table.length - 1;
    let at = hash(x, y, z) & mask;
    for (let found = this.#table[at]; found; found = this.#table[at]) {
      const chunk = this.#chunks[(found - 1) >>> CHUNK_BITS];
      const from = ((found - 1) & (CHUNK - 1)) * WORDS;
      if (chunk?.[from] === x && chunk[from + 1] === y && chunk[from + 2] === z) return at;
      at = (at + 1) & mask;
    }
    return at;
  }

  #hasRoom(): boolean {
    if (this.#size === this.#chunks.length * CHUNK) {
      if (this.bytes + CHUNK * WORDS * WORD_BYTES > this.#bytesMax) return false;
      this.#chunks.push(new Uint32Array(CHUNK * WORDS));
    }
    if (this.#size < this.#table.length * LOAD_MAX) return true;
    if (this.bytes + this.#table.length * WORD_BYTES > this.#bytesMax) return false;
    this.#grow();
    return true;
  }

  #grow(): void {
    // The old table is let go of first: both at one time would be half as much again.
    const length = this.#table.length * 2;
    this.#table = new Uint32Array(0);
    this.#table = new Uint32Array(length);
    for (let index = 0; index < this.#size; index++) {
      let at = hash(this.#word(index, 0), this.#word(index, 1), this.#word(index, 2)) & (length - 1);
      while (this.#table[at] !== 0) at = (at + 1) & (length - 1);
      this.#table[at] = index + 1;
    }
  }
}

const LOW = 2 ** 24 - 1;

function pack(id: number, rest: number): number {
  return (id | ((rest & 0xff) << 24)) >>> 0;
}

/** The finalizer of MurmurHash3 (Austin Appleby), over the words one after another. */
function hash(x: number, y: number, z: number): number {
  return mixed(mixed(mixed(x) ^ y) ^ z);
}

function mixed(word: number): number {
  let h = word;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
