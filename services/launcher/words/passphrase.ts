/** Gives a passphrase when it is needed; whoever asks clears it. It is never in an argument or a variable. */
export type PassphraseSource = () => Promise<Buffer>;
