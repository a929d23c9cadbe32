import { HOTSTUFF_WORDS } from '#libs/protocol/hotstuff/statement-words.ts';

/** The protocol of a new chain when nobody asks for another: a word, with no rule behind it. */
export const DEFAULT_PROTOCOL: string = HOTSTUFF_WORDS.protocol;
