/** The kinds of the statements, in words alone (libs/protocols/statement-words.ts). */
export const HOTSTUFF_WORDS = {
  protocol: 'hotstuff',
  kinds: {
    proposal: 'proposal',
    prepare: 'vote',
    'pre-commit': 'vote',
    commit: 'vote',
    timeout: 'timeout',
  },
} as const;
