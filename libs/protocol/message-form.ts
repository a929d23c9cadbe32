/**
 * How much a message of the protocol carries. `whole`: everything. `reference`: certificates name those who signed. `compact`: and the block in
 * it names the transactions of clients.
 */
export type MessageForm = 'whole' | 'reference' | 'compact';
