/** What nearly everything may import: the leaves, and with them the words of the domain. */
export const LEAVES = ['libs/assert', 'libs/bytes', 'libs/errors'];
export const DOMAIN = [...LEAVES, 'libs/chain', 'libs/membership', 'libs/protocol'];
