import type { Digest } from '#libs/chain/ids.ts';
import type { Decision } from '#libs/custody/decision.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import type { KeyNode } from './key-world.ts';
import type { RoundsAsk } from './rounds-asks.ts';
import type { RoundsPlan } from './rounds-plan.ts';

export const PROMISES = {
  fork: 'fork: two blocks final that stand against each other',
  twice: 'a key signed two COMMITs of one height',
  split: 'honest keys signed COMMITs of one height for two blocks: it may never be decided',
  closed: 'a key closed an instance that nobody decided',
  reopened: 'a key signed in an instance that it had closed',
} as const;

/** The promise of a protocol of rounds that is broken; undefined while all hold. */
export function roundsBroken(
  { table, forksAlone }: Pick<RoundsPlan, 'table' | 'forksAlone'>,
  asks: readonly RoundsAsk[],
  { keys, certified }: { readonly keys: readonly KeyNode[]; readonly certified: readonly boolean[] },
): string | undefined {
  const decided = certified.flatMap((is, index) => (is && isDeciding(table, asks[index]) ? [index] : []));
  if (differ(asks, decided)) return PROMISES.fork;
  if (forksAlone) return undefined;
  if (table.instances === 'window' && keys.some((key) => closedWithout(asks, decided, key)))
    return PROMISES.closed;
  if (!isOncePerHeight(table)) return undefined;
  const commits = keys.map(({ signed }) => signed.filter((index) => isDeciding(table, asks[index])));
  if (commits.some((own) => own.length > 1)) return PROMISES.twice;
  return differ(asks, commits.flat()) ? PROMISES.split : undefined;
}

/** dBFT: one COMMIT for a height, ever (libs/custody/README.md 3.4). */
function isOncePerHeight({ protocol }: VoteTable): boolean {
  return protocol === 'dbft';
}

/** Whether an answer opens an instance again that a stable checkpoint closed. */
export function reopens(
  { state, context }: KeyNode,
  { statement }: RoundsAsk,
  kind: Decision['kind'],
): boolean {
  const { kinds, instances } = context.table;
  const isOfOne = kinds[statement.kind]?.leaves !== 'everywhere';
  return kind === 'sign' && instances === 'window' && isOfOne && statement.instance < state.openFrom;
}

function isDeciding({ decides }: VoteTable, ask: RoundsAsk | undefined): boolean {
  return ask?.statement.kind === decides;
}

/** Whether it calls an instance over in which there is no block. */
function closedWithout(asks: readonly RoundsAsk[], decided: readonly number[], { state }: KeyNode): boolean {
  const found = new Set(decided.map((index) => asks[index]?.statement.instance));
  for (let instance = 1n; instance < state.openFrom; instance++) if (!found.has(instance)) return true;
  return false;
}

/** Whether two of them are about different blocks of one instance. */
function differ(asks: readonly RoundsAsk[], found: readonly number[]): boolean {
  const blocks = new Map<bigint, Digest>();
  return found.some((index) => {
    const { instance, block } = asks[index]?.statement ?? {};
    if (instance === undefined || block === undefined) return false;
    const known = blocks.get(instance);
    blocks.set(instance, block.digest);
    return known !== undefined && known !== block.digest;
  });
}
