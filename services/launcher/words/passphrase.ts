/**
 * Gives a passphrase when it is needed; the caller clears it. A passphrase is never in an argument or an environment
 * variable.
 */
export type PassphraseSource = () => Promise<Buffer>;
