/** A protocol with one rule taken out, or changed. */
export interface Mutant {
  readonly name: string;
  /** Whether it is tried quickly too. */
  readonly isQuick: boolean;
  /** The check that noticed it, in words; undefined when nothing did. */
  caught(): string | undefined;
  /** The cases that noticed it and are not there for it; left out for a mutant that is of no single case. */
  strays?(): readonly string[];
}
