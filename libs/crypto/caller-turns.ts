import { assert } from '#libs/assert/assert.ts';

/** Work that is begun piece by piece. */
export interface PieceWork {
  /** Whether there is a piece to begin. */
  hasMore(): boolean;
  /** Begins the next piece, whose promise never fails; undefined when the work turns out to be over. */
  begin(): Promise<void> | undefined;
}

interface CallerTurnsOptions {
  /** Pieces that run at once. */
  readonly permits: number;
  /** Works of one caller that may wait. */
  readonly waitingEachMax: number;
}

/**
 * Lets a bounded number of pieces run at once. Callers have their turn piece by piece, and so have the works of one caller, so that
 * a caller with a thousand pieces delays another by one of them. No place to wait is shared: a caller that has nothing waiting finds
 * room whatever the others do (RULES.md A.44). The process itself is the caller `undefined`. All that wait are at most as many as
 * callers times `waitingEachMax`; the code that names callers keeps them few.
 */
export class CallerTurns {
  readonly #waitingEachMax: number;
  /** Callers with works that wait; the first has the next turn. */
  readonly #lines = new Map<unknown, PieceWork[]>();
  #free: number;

  constructor({ permits, waitingEachMax }: CallerTurnsOptions) {
    assert(permits > 0 && waitingEachMax >= 0, `bad bounds: ${permits}, ${waitingEachMax}`);
    this.#free = permits;
    this.#waitingEachMax = waitingEachMax;
  }

  get waiting(): number {
    return [...this.#lines.values()].reduce((sum, { length }) => sum + length, 0);
  }

  /** Begins what it can at once, and the rest as others end; false when it cannot begin and too many works of this caller wait. */
  serve(work: PieceWork, caller?: unknown): boolean {
    const line = this.#lines.get(caller) ?? [];
    if (this.#free === 0 && line.length >= this.#waitingEachMax) return false;
    line.push(work);
    this.#lines.set(caller, line);
    this.#fill();
    return true;
  }

  #fill(): void {
    while (this.#free > 0) {
      const piece = this.#next();
      if (piece === undefined) return;
      this.#free -= 1;
      void piece.finally(() => {
        this.#free += 1;
        this.#fill();
      });
    }
  }

  #next(): Promise<void> | undefined {
    for (const [caller, line] of this.#lines) {
      const piece = nextOf(line);
      this.#lines.delete(caller);
      if (line.length > 0) this.#lines.set(caller, line);
      if (piece !== undefined) return piece;
    }
    return undefined;
  }
}

/** Begins a piece of the first work that has one; it moves to the end if it has more, and works that are over leave. */
function nextOf(line: PieceWork[]): Promise<void> | undefined {
  for (let work = line.shift(); work !== undefined; work = line.shift()) {
    const piece = work.hasMore() ? work.begin() : undefined;
    if (piece === undefined) continue;
    if (work.hasMore()) line.push(work);
    return piece;
  }
  return undefined;
}
