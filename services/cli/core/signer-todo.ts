/** The known facts of a signer, running or not. */
export interface SignerFacts {
  readonly running: boolean;
  readonly mode: string;
  readonly locked?: boolean | undefined;
  /**
   * The fault of a running signer is a wrong computation of its machine; that of a stopped signer is a damaged or old
   * record.
   */
  readonly fault?: string | null | undefined;
}

const QUARANTINE =
  'stop every other copy of the key, then give the member a new one ("btcfed signer rotate --help"); where that cannot be: "btcfed signer state recover --help"';

/**
 * The next step of a person so that the signer signs again. @param where - "--home DIR" or "--socket FILE", as it
 * would be typed.
 */
export function signerTodo({ running, mode, locked, fault }: SignerFacts, where: string): string {
  const isFaulty = (fault ?? '') !== '';
  if (mode === 'retired') return 'nothing: this key is retired and signs nothing more';
  if (mode !== 'active' || (isFaulty && !running)) return QUARANTINE;
  if (!running) return 'start the signer; a sealed key is unlocked then';
  const unlock = `btcfed signer unlock ${where}`;
  if (isFaulty) return `move the key to another machine; or, if this one is to be trusted again: ${unlock}`;
  return locked === true ? unlock : 'nothing';
}
