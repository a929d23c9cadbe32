/** The acts of the engine of an epoch for the operator of its node. */
export interface EngineHand {
  /** Says all transactions that clients gave here once more, to all members. */
  sayAll(): void;
  /** How many of these are not final. */
  waiting(): number;
  /** Ends the wait of the view at hand that earlier failures made long, and repeats what was said in it. */
  nudge(): void;
}

const NOBODY: EngineHand = { sayAll: () => {}, waiting: () => 0, nudge: () => {} };

/** The operator's hand on whichever engine runs: each takes it over from the one before. */
export class OperatorHand implements EngineHand {
  #engine: EngineHand = NOBODY;

  take(engine: EngineHand): void {
    this.#engine = engine;
  }

  sayAll(): void {
    this.#engine.sayAll();
  }

  waiting(): number {
    return this.#engine.waiting();
  }

  nudge(): void {
    this.#engine.nudge();
  }
}
