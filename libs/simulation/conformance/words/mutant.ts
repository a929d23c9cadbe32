/** A protocol with one rule taken out, or changed. */
export interface Mutant {
  readonly name: string;
  /** Whether it is tried quickly too. */
  readonly isQuick: boolean;
  /** What noticed it, in words; undefined when nothing did. */
  caught(): string | undefined;
}
