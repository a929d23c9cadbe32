import type { Digest } from '#libs/chain/ids.ts';
import type { EpochRoot } from '#libs/protocol/certificate.ts';
import type { ValidatorFacts } from '#libs/protocol/validator-set.ts';

/** What the genesis says of the first epoch: all that a signer ever believes about who its members are. */
export interface FirstEpochFacts {
  readonly members: readonly ValidatorFacts[];
  readonly root: EpochRoot;
  /** How few members there may be. */
  readonly membersMin: number;
}

/** Makes and binds the key of a member's signer, in the folder that the signer will own. */
export interface SignerKeys {
  /** Creates key and database, and returns the public key in the encoding of FIPS 205. */
  create(options: {
    readonly folder: string;
    readonly scheme: string;
    readonly passphrase?: PassphraseSource | undefined;
  }): Promise<Uint8Array>;
  /** Binds the key to one chain, for good. */
  bind(options: {
    readonly folder: string;
    readonly chainDigest: Digest;
    readonly first: FirstEpochFacts;
    readonly passphrase?: PassphraseSource | undefined;
  }): Promise<void>;
  /** Seals it, changes its passphrase, or opens it. */
  seal(change: SealChange): Promise<void>;
}

/** Gives a passphrase when it is needed; whoever asks clears it. It is never in an argument or a variable. */
export type PassphraseSource = () => Promise<Buffer>;

/** How a key lies on disk, and how it shall. */
export interface SealChange {
  readonly folder: string;
  /** Of the key as it is, when it is sealed. */
  readonly passphrase?: PassphraseSource | undefined;
  /** Of the key as it shall be; undefined: in the clear. */
  readonly newPassphrase?: PassphraseSource | undefined;
}

/** Where a command writes. A line is written whole, with its end. */
export interface Terminal {
  /** Answers, for people and machines. */
  out(line: string): void;
  /** Progress and problems. */
  note(line: string): void;
  /** Whether a person watches `note`, so that lines may be redrawn. */
  readonly isInteractive: boolean;
}
