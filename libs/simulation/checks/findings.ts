/** `fork`: two truths. `double-sign`: an honest key contradicts itself. `stall`: no progress although it is due. */
export type ViolationKind = 'fork' | 'double-sign' | 'stall' | 'other';

/**
 * The invariants (libs/simulation/README.md B.6) that one run can break, and a few of our own, by the kind of harm
 * that breaking them is.
 */
export const INVARIANTS = {
  /** Committed chains are prefixes of each other. */
  S1: 'fork',
  /** One certificate per position and kind. */
  S2: 'fork',
  /** A decided block is an ancestor of all that are prepared later. */
  S3: 'fork',
  /** Equal heights have equal state roots. */
  S4: 'fork',
  /** A transaction is executed once. */
  S5: 'other',
  /** A host with genesis and the proof alone accepts the committed blocks. */
  S6: 'other',
  /** One statement for each slot of a key. */
  L1: 'double-sign',
  /** Durable positions never fall. */
  L2: 'other',
  /** A vote has the certificate under it, durably, and no lock is hidden from the next leader. */
  L3: 'other',
  /** No member votes in a view that it gave up. */
  L4: 'other',
  /** A statement is recorded, durably, before it is signed. */
  L5: 'other',
  /** Every stored certificate verifies from scratch. */
  L6: 'other',
  /** Evidence names liars only. */
  L7: 'other',
  /** Maps and queues stay within their bounds. */
  L8: 'other',
  /** Nothing is sent while a record waits for the disk. */
  L9: 'other',
  /** Progress once the faults end. */
  V1: 'stall',
  /** An honest leader's view decides when all honest members are in it. */
  V2: 'stall',
  /** Every transaction becomes final everywhere. */
  V3: 'stall',
  /** A member that is behind, came back or is new has the whole chain as well. */
  V4: 'stall',
  /** Memory returns to its size of before. */
  V5: 'other',
  /** A transaction that one honest member alone was given becomes final. */
  V6: 'stall',
  /** A seed does the same twice. */
  M1: 'other',
  /** Honest members listen to each other. */
  MUTED: 'other',
  /** Members that have nothing to do are silent (RULES.md C.5.7). */
  REST: 'other',
  /** A scenario has the result that its file expects. */
  EXPECT: 'other',
  /** A replica gives up by itself. */
  HALT: 'other',
  /** The signer refuses an honest member. */
  REFUSED: 'other',
} as const satisfies Readonly<Record<string, ViolationKind>>;

export type Invariant = keyof typeof INVARIANTS;

/** A broken invariant, with the facts that reproduce it. */
export interface Violation {
  readonly invariant: Invariant;
  readonly kind: ViolationKind;
  readonly text: string;
  /** Events of the run before it. */
  readonly step: number;
  readonly atMs: number;
}

/** The first few tell the story; the rest are their echo. */
const VIOLATIONS_MAX = 16;

interface Clock {
  readonly steps: number;
  readonly nowMs: number;
}

/** Collects the findings of the checkers. */
export class Findings {
  readonly #clock: Clock;
  readonly #violations: Violation[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get violations(): readonly Violation[] {
    return this.#violations;
  }

  /** Whether the run can stop: nothing after two truths means anything. */
  get isFatal(): boolean {
    return this.#violations.length >= VIOLATIONS_MAX || this.#violations.some(({ kind }) => kind === 'fork');
  }

  report(invariant: Invariant, text: string): void {
    if (this.#violations.length >= VIOLATIONS_MAX) return;
    const { steps, nowMs } = this.#clock;
    this.#violations.push({ invariant, kind: INVARIANTS[invariant], text, step: steps, atMs: nowMs });
  }
}
