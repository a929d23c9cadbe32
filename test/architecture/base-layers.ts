/** Folders that nearly everything may import: the leaves, and with them the words of the domain. */
export const LEAVES = ['libs/assert', 'libs/bytes', 'libs/errors'];
export const DOMAIN = [...LEAVES, 'libs/chain', 'libs/membership', 'libs/protocol'];

/** The rooms of the engine, for those who run or feed a node. */
export const ENGINE_ROOMS = [
  'libs/engine',
  ...[
    'application',
    'blocks',
    'bodies',
    'evidence',
    'joining',
    'membership',
    'ports',
    'references',
    'sync',
    'timing',
    'trace',
    'transactions',
  ].map((room) => `libs/engine/${room}`),
];
