/** The kinds of the statements, in words alone (libs/protocols/statement-words.ts). */
export const PBFT_WORDS = {
  protocol: 'pbft',
  kinds: {
    'pre-prepare': 'proposal',
    prepare: 'vote',
    commit: 'vote',
    'view-change': 'timeout',
  },
} as const;
