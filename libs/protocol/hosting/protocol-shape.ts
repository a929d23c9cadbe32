/** The way of a protocol to a decision, in numbers and words: the bounds of checks and the plans of faults follow from it. */
export interface ProtocolShape {
  /** Messages one after the other, at most, from the moment when all are in a view to the decision at the last of them. */
  readonly criticalMessages: number;
  /** Signatures one after the other on that way. */
  readonly criticalSignatures: number;
  /** The steps of a view in their order, each with messages of its own, which a network may lose alone. */
  readonly steps: readonly string[];
  /** The names of its timers: those that send again what may be lost, and those that give a view up. */
  readonly timers: { readonly repeat: readonly string[]; readonly leave: readonly string[] };
}
