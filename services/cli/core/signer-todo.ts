/** What is known of a signer, running or not. */
export interface SignerFacts {
  readonly running: boolean;
  readonly mode: string;
  readonly locked?: boolean | undefined;
  /** Of one that runs: what the machine computed wrongly. Of one that is stopped: what is wrong with its record. */
  readonly fault?: string | null | undefined;
}

const QUARANTINE =
  'stop every other copy of the key, then give the member a new one ("btcfed signer rotate --help"); where that cannot be: "btcfed signer state recover --help"';

/** What a person does next to have it sign again. @param where - "--home DIR" or "--socket FILE", as it would be typed. */
export function signerTodo({ running, mode, locked, fault }: SignerFacts, where: string): string {
  const isFaulty = (fault ?? '') !== '';
  if (mode === 'retired') return 'nothing: this key is retired and signs nothing more';
  if (mode !== 'active' || (isFaulty && !running)) return QUARANTINE;
  if (!running) return 'start the signer; a sealed key is unlocked then';
  const unlock = `btcfed signer unlock ${where}`;
  if (isFaulty) return `move the key to another machine; or, if this one is to be trusted again: ${unlock}`;
  return locked === true ? unlock : 'nothing';
}
