/** The kinds of the statements, in words alone (libs/protocols/statement-words.ts). */
export const DBFT_WORDS = {
  protocol: 'dbft',
  kinds: {
    'prepare-request': 'proposal',
    'prepare-response': 'vote',
    'pre-commit': 'vote',
    commit: 'vote',
    'change-view': 'timeout',
  },
} as const;
