/** The routes of messages between members: TinyWeb's names for those that it has, and for all others the name of the message. */
const ROUTES = {
  roundsProposal: ['/ProposeBlock'],
  roundsVote: ['/VerificationVote', '/CommitVote'],
  roundsLeave: ['/MissingProposer'],
  decided: ['/NewRound', '/SendNewBlockChain'],
  transactions: ['/TransactionInternal'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** The kind of vote that is TinyWeb's verification vote. */
const VERIFICATION = 'prepare';

/** The routes on which a kind of message is taken; kinds as in JSON. */
export function routesOf(kind: string): readonly string[] {
  const named = Object.entries(ROUTES).find(([own]) => own === kind)?.[1];
  return named ?? [`/${kind.charAt(0).toUpperCase()}${kind.slice(1)}`];
}

/** Whether a message may come by this route: a vote by that of its kind alone. */
export function isRouteOf(path: string, kind: string, message: unknown): boolean {
  return kind === 'roundsVote' ? routeOf(kind, message) === path : routesOf(kind).includes(path);
}

/** The route of one message. */
export function routeOf(kind: string, message: unknown): string {
  const routes = routesOf(kind);
  const [first = '', second = first] = routes;
  return kind === 'roundsVote' && voteKindOf(message) !== VERIFICATION ? second : first;
}

/** The height of the block that a message proves to be decided; undefined for another message. */
export function decidedHeightOf(message: unknown): bigint | undefined {
  const height = fieldOf(fieldOf(fieldOf(message, 'decided'), 'certificate'), 'height');
  return typeof height === 'string' ? BigInt(height) : undefined;
}

/** @param message - In JSON. */
function voteKindOf(message: unknown): unknown {
  return fieldOf(fieldOf(message, 'roundsVote'), 'kind');
}

function fieldOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}
