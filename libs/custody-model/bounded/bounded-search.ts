import type { MachineState } from './images.ts';
import type { MachineStep, RoundsMachine } from './rounds-machine.ts';
import { StateLog } from './state-log.ts';

export interface Ceiling {
  /** Memory for the states that were seen. */
  readonly bytesMax: number;
  /** When to stop, by `nowMs`. */
  readonly untilMs: number;
}

/** The progress of a search so far. */
export interface SearchProgress {
  readonly states: number;
  /** States whose successors were not looked at. */
  readonly frontier: number;
  /** All states of fewer signatures were seen. */
  readonly signatures: number;
  readonly bytes: number;
}

/** `closed`: all states were seen. `broken`: a promise broke. The others are ceilings. */
export type SearchEnd = 'closed' | 'broken' | 'memory' | 'minutes';

export interface BoundedResult extends SearchProgress {
  readonly end: SearchEnd;
  readonly broken: string | undefined;
  /** Where a promise broke, one state after the other from the first; and what was signed between them. */
  readonly path: readonly MachineState[];
}

export interface SearchOptions {
  readonly machine: RoundsMachine;
  readonly ceiling: Ceiling;
  nowMs(): number;
  /** Looks at each new state: the promise that it breaks; undefined: none. */
  judge?(state: MachineState): string | undefined;
  onProgress?(progress: SearchProgress): void;
}

/** States between two looks at the clock. */
const LOOK_EVERY = 2 ** 16;

/** Visits states in the order of their signatures, so that a broken promise is found with as few as it takes. */
export function searchBounded(options: SearchOptions): BoundedResult {
  return new BoundedSearch(options).run();
}

class BoundedSearch {
  readonly #options: SearchOptions;
  readonly #log: StateLog;
  #head = 0;
  #levelEnd = 1;
  #signatures = 0;
  #end: SearchEnd = 'closed';
  #broken: string | undefined;
  #last: MachineState | undefined;
  readonly #onStep = (step: MachineStep): void => this.#see(step);

  constructor(options: SearchOptions) {
    this.#options = options;
    this.#log = new StateLog(options.ceiling.bytesMax);
  }

  run(): BoundedResult {
    const { first } = this.#options.machine;
    if (this.#log.add(first, 0) === undefined) this.#end = 'memory';
    else this.#judge(first, undefined);
    while (this.#end === 'closed' && this.#head < this.#log.size) this.#visit();
    const path = this.#last === undefined ? [] : this.#pathTo(this.#last);
    return { ...this.#progress(), end: this.#end, broken: this.#broken, path };
  }

  #visit(): void {
    const { machine, ceiling, nowMs, onProgress } = this.#options;
    if (this.#head === this.#levelEnd) this.#nextLevel();
    machine.expand(this.#log.at(this.#head), this.#onStep);
    if (this.#end !== 'closed') return;
    this.#head++;
    if (this.#head % LOOK_EVERY !== 0) return;
    onProgress?.(this.#progress());
    if (nowMs() >= ceiling.untilMs) this.#end = 'minutes';
  }

  #see({ next, broken }: MachineStep): void {
    if (this.#end !== 'closed') return;
    const isNew = this.#log.add(next, this.#head);
    if (isNew === undefined) this.#end = 'memory';
    if (isNew === true || broken !== undefined) this.#judge(next, broken);
  }

  #judge(state: MachineState, broken: string | undefined): void {
    const found = broken ?? this.#options.judge?.(state);
    if (found === undefined) return;
    this.#end = 'broken';
    this.#broken = found;
    this.#last = state;
  }

  #nextLevel(): void {
    this.#levelEnd = this.#log.size;
    this.#signatures++;
  }

  #progress(): SearchProgress {
    const { size: states, bytes } = this.#log;
    return { states, frontier: states - this.#head, signatures: this.#signatures, bytes };
  }

  #pathTo(last: MachineState): readonly MachineState[] {
    const path = [last];
    for (let index = this.#head; ; index = this.#log.parent(index)) {
      path.unshift(this.#log.at(index));
      if (index === 0) return path;
    }
  }
}
