import type { EpochRoot } from '#libs/protocol/certificate.ts';
import type { ValidatorFacts } from '#libs/protocol/validator-set.ts';

/** What the genesis says of the first epoch: all that a signer ever believes about who its members are. */
export interface FirstEpochFacts {
  readonly members: readonly ValidatorFacts[];
  readonly root: EpochRoot;
  /** How few members there may be. */
  readonly membersMin: number;
}

/** Gives a passphrase when it is needed; whoever asks clears it. It is never in an argument or a variable. */
export type PassphraseSource = () => Promise<Buffer>;

/** Where a command writes. A line is written whole, with its end. */
export interface Terminal {
  /** Answers, for people and machines. */
  out(line: string): void;
  /** Progress and problems. */
  note(line: string): void;
  /** Whether a person watches `note`, so that lines may be redrawn. */
  readonly isInteractive: boolean;
}
