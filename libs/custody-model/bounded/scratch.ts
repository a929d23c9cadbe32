import { AskMask } from './ask-mask.ts';

/** Honest keys of four: with the liar any two of them are a quorum. */
export const HONEST = 3;

const WORD = 32;

/** A state in parts, written anew for each step, so that a step makes no garbage. */
export class Scratch {
  /** Keys by number, and the signatures of each that matter. */
  readonly key = new Int32Array(HONEST);
  readonly lo = new Int32Array(HONEST);
  readonly hi = new Int32Array(HONEST);
  /** Certificates that there are. */
  readonly certified = new AskMask();
  /** flags.ts */
  flags = 0;

  sign(at: number, ask: number): void {
    const words = ask < WORD ? this.lo : this.hi;
    words[at] = (words[at] ?? 0) | (1 << ask);
  }

  /** Of each key its signatures under `count` requests from one on. */
  bitsFrom(from: number, count: number): readonly number[] {
    return [0, 1, 2].map((at) => {
      const [lo, hi] = [this.lo[at] ?? 0, this.hi[at] ?? 0];
      const low = from < WORD ? lo >>> from : hi >>> (from - WORD);
      const high = from < WORD && from + count > WORD ? hi << (WORD - from) : 0;
      return (low | high) & (2 ** count - 1);
    });
  }

  /** Certificates of these requests that the signatures of any two make. */
  certify(certifiable: AskMask): void {
    const [a = 0, b = 0, c = 0] = this.lo;
    const [d = 0, e = 0, f = 0] = this.hi;
    this.certified.lo |= ((a & b) | (a & c) | (b & c)) & certifiable.lo;
    this.certified.hi |= ((d & e) | (d & f) | (e & f)) & certifiable.hi;
  }
}
