import { assert } from '#libs/assert/assert.ts';
import { toEpoch } from '#libs/chain/ids.ts';
import { inEpoch, mayEndAt } from '#libs/custody/epoch.ts';
import { FactBook } from '#libs/custody/fact-book.ts';
import { validatorSet } from '#libs/protocol/validator-set.ts';
import { hotStuffAsks } from './hotstuff-asks.ts';
import { HOTSTUFF_PROMISES } from './hotstuff-broken.ts';
import type { KeyNode, KeyWorld, ModelKey } from './key-world.ts';
import { PHASES, worldOf } from './model-world.ts';
import { Tally } from './tally.ts';

const [OLD, NEXT] = [toEpoch(0n), toEpoch(1n)];
const FAULTY = { liars: 1, quorum: 3 } as const;
const HONEST = 3;

/** The first block ends the epoch. One is on it in the same epoch, and one in the next. */
const [LAST, ABOVE, AFTER] = [0, 1, 2] as const;
const PLACES = [
  { view: 1, parent: undefined },
  { view: 2, parent: LAST },
  { view: 3, parent: LAST, epoch: NEXT },
];

/**
 * Three honest keys and a liar, who are the members of two epochs of HotStuff, and whose hosts take a key into the next one, or
 * leave it behind, once the last block of the first is decided.
 * @param ends - Whether a key that gave its COMMIT above a block does not take it for the last of its epoch.
 */
export function hotStuffEndWorld(ends: boolean): KeyWorld {
  const base = worldOf(PLACES);
  const asks = hotStuffAsks(base, { blocks: PLACES });
  const tally = new Tally(asks.length, FAULTY);
  const isFinal = (block: number, keys: readonly KeyNode[]): boolean =>
    tally.in(keys)[block * PHASES.length + PHASES.length - 1] === true;
  const last = base.blocks[LAST]?.block;
  assert(last !== undefined, 'there is a last block');
  const root = { ...last.header, digest: last.digest };
  const { context } = base;
  const set = validatorSet(NEXT, context.set.members);
  return {
    asks,
    keys: Array.from({ length: HONEST }, () => ({ role: 'old', context, state: base.virgin })),
    shown(index, keys) {
      const needs = asks[index]?.needs;
      return [needs === undefined || tally.in(keys)[needs] === true ? '1' : '0'];
    },
    facts(index, shown) {
      const facts = new FactBook();
      const ask = asks[index];
      const block = ask?.about === undefined ? undefined : base.blocks[ask.about]?.block;
      const needed = ask?.needs === undefined ? undefined : asks[ask.needs]?.request.statement;
      if (shown === '1' && needed?.block !== undefined) {
        facts.certified({ kind: needed.kind, instance: 0n, view: needed.view, ...needed.block });
      }
      if (block === undefined) return facts;
      const { view, height } = block.header;
      facts.proposed({ kind: context.table.proposal, instance: 0n, view, height, digest: block.digest });
      return facts;
    },
    *turns({ state }: KeyNode, keys: readonly KeyNode[]): Iterable<ModelKey> {
      const { table } = context;
      if (state.epoch !== OLD || !isFinal(LAST, keys) || (ends && !mayEndAt(state, root, table))) return;
      const entered = inEpoch(state, { epoch: NEXT, root, table });
      yield { role: 'next', context: { ...context, set, root }, state: entered };
    },
    broken: (keys) => (isFinal(ABOVE, keys) && isFinal(AFTER, keys) ? HOTSTUFF_PROMISES.fork : undefined),
  };
}
