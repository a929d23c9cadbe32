import { assert } from '#libs/assert/assert.ts';
import { toView } from '#libs/chain/ids.ts';
import { comparePositions, type Position } from '#libs/protocol/vote/position.ts';
import { kindRowOf, type VoteTable } from '#libs/protocol/vote/vote-table.ts';

/** The order of signing. Lower ranks go first; within a rank the newest position, because older ones are over soonest. */
export interface Urgency extends Position {
  readonly rank: number;
}

/**
 * Ranks by the row of the kind: a vote decides, what gives a view up only helps when nothing is decided, an operator can
 * wait.
 */
export function urgencyOf(
  table: Pick<VoteTable, 'kinds'>,
  { kind, instance, view }: Position & { readonly kind: string },
): Urgency {
  return { rank: kindRowOf(table, kind)?.leaves === undefined ? 0 : 1, instance, view };
}

export const OPERATOR_URGENCY: Urgency = { rank: 2, instance: 0n, view: toView(0n) };

interface Waiting extends Urgency {
  begin(): void;
  giveUp(): void;
}

export interface SigningQueueOptions {
  /** Signatures at once: one per core. */
  readonly inFlightMax: number;
  readonly waitingMax: number;
  /** The error of a task that had to give its slot to a more urgent one. */
  readonly displaced: () => Error;
}

/**
 * Signatures that wait for a core, the most urgent first. However many wait, a vote that is the most urgent
 * waits for the end of only one signature that is being made, and is accepted although the queue is full.
 */
export class SigningQueue {
  readonly #options: SigningQueueOptions;
  /** Most urgent first. */
  readonly #waiting: Waiting[] = [];
  #free: number;

  constructor(options: SigningQueueOptions) {
    assert(options.inFlightMax > 0 && options.waitingMax >= 0, 'bad bounds of the signing queue');
    this.#options = options;
    this.#free = options.inFlightMax;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Whether a task of this urgency would be taken now. */
  hasPlaceFor(urgency: Urgency): boolean {
    const last = this.#waiting.at(-1);
    if (this.#free > 0 || this.#waiting.length < this.#options.waitingMax) return true;
    return last !== undefined && isBefore(urgency, last);
  }

  /** How many signatures end, one after the other, before a task of this urgency begins. */
  roundsBefore(urgency: Urgency): number {
    if (this.#free > 0) return 0;
    const ahead = this.#waiting.filter((each) => !isBefore(urgency, each)).length;
    return 1 + Math.floor(ahead / this.#options.inFlightMax);
  }

  /** Runs `task` in its turn. The caller asked `hasPlaceFor` at this very moment. */
  async run<Result>(task: () => Promise<Result>, urgency: Urgency): Promise<Result> {
    assert(this.hasPlaceFor(urgency), 'a task is admitted before it runs');
    if (this.#free > 0) this.#free -= 1;
    else await this.#turn(urgency);
    try {
      return await task();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next.begin();
    }
  }

  #turn(urgency: Urgency): Promise<void> {
    const { waitingMax, displaced } = this.#options;
    if (this.#waiting.length >= waitingMax) this.#waiting.pop()?.giveUp();
    return new Promise((resolve, reject) => {
      const place = this.#waiting.findIndex((each) => isBefore(urgency, each));
      const entry = { ...urgency, begin: resolve, giveUp: () => reject(displaced()) };
      this.#waiting.splice(place < 0 ? this.#waiting.length : place, 0, entry);
    });
  }
}

function isBefore(a: Urgency, b: Urgency): boolean {
  return a.rank === b.rank ? comparePositions(a, b) > 0 : a.rank < b.rank;
}
