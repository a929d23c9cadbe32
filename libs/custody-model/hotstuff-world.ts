import { toMemberIndex } from '#libs/chain/ids.ts';
import { FactBook } from '#libs/custody/fact-book.ts';
import { type HotStuffAsk, type HotStuffSize, hotStuffAsks } from './hotstuff-asks.ts';
import { hotStuffBroken } from './hotstuff-broken.ts';
import type { KeyNode, KeyWorld } from './key-world.ts';
import { type ModelWorld, worldOf } from './model-world.ts';
import { Tally } from './tally.ts';

const HONEST = 3;
const FAULTY = { liars: 1, quorum: 3 } as const;

export interface HotStuffPlan extends HotStuffSize {
  /** The honest key that leads; left out, a liar leads every view. */
  readonly leader?: number;
}

/** Three honest keys and a liar in HotStuff, with more requests than a search of many blocks could afford. */
export function hotStuffWorld(plan: HotStuffPlan): KeyWorld {
  const leader = toMemberIndex(plan.leader ?? HONEST);
  const base = worldOf(plan.blocks, leader);
  const asks = hotStuffAsks(base, plan);
  const tally = new Tally(asks.length, FAULTY);
  const isProposed = (ask: HotStuffAsk, keys: readonly KeyNode[]): boolean =>
    plan.leader === undefined ||
    keys.some(({ signed }) => signed.some((each) => isProposalOf(asks[each], ask)));
  return {
    asks,
    keys: Array.from({ length: HONEST }, (_, index) => ({
      role: index === plan.leader ? 'leader' : 'any',
      context: { ...base.context, me: toMemberIndex(index) },
      state: base.virgin,
    })),
    shown(index, keys) {
      const ask = asks[index];
      if (ask === undefined) return [];
      const isThere = ask.needs === undefined || tally.in(keys)[ask.needs] === true;
      return [`${isThere ? 1 : 0}${isProposed(ask, keys) ? 1 : 0}`];
    },
    facts: (index, shown) =>
      factsFor(base, asks, { index, isThere: shown[0] === '1', isProposed: shown[1] === '1' }),
    broken: (keys) => hotStuffBroken({ base, asks, leader }, keys, tally.in(keys)),
  };
}

function isProposalOf(asked: HotStuffAsk | undefined, { about }: HotStuffAsk): boolean {
  return asked?.request.statement.kind === 'proposal' && asked.about === about;
}

function factsFor(
  { blocks }: ModelWorld,
  asks: readonly HotStuffAsk[],
  {
    index,
    isThere,
    isProposed,
  }: { readonly index: number; readonly isThere: boolean; readonly isProposed: boolean },
): FactBook {
  const facts = new FactBook();
  const ask = asks[index];
  const needed = ask?.needs === undefined ? undefined : asks[ask.needs]?.request.statement;
  if (isThere && needed?.block !== undefined) {
    facts.certified({ kind: needed.kind, instance: 0n, view: needed.view, ...needed.block });
  }
  const own = ask?.about === undefined ? undefined : blocks[ask.about]?.block;
  if (isProposed && own !== undefined) {
    const { view, height } = own.header;
    facts.proposed({ kind: 'proposal', instance: 0n, view, height, digest: own.digest });
  }
  return facts;
}
