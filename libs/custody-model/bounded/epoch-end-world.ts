import { type Epoch, toEpoch, toHeight } from '#libs/chain/ids.ts';
import { virginState } from '#libs/custody/custody-state.ts';
import { inEpoch, mayEndAt } from '#libs/custody/epoch.ts';
import { validatorSet } from '#libs/protocol/validator-set.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import type { KeyNode, KeyWorld, ModelKey } from '../key-world.ts';
import { BLOCKS, CHAIN, EPOCH, type RoundsAsk, roundsAsks } from '../rounds-asks.ts';
import { Tally } from '../tally.ts';
import { roundsContext } from './key-book.ts';
import { FORK } from './rounds-machine.ts';
import { shownFacts } from './shown-facts.ts';

const NEXT = toEpoch(1n);
const FAULTY = { liars: 1, quorum: 3 } as const;
const HONEST = 3;
const HEIGHTS = 2;

/** The rules at the end of an epoch, each by a name, so that it can be taken out. */
export interface EndRules {
  /** A key that signed above a block does not take it for the last of its epoch. */
  readonly ends: boolean;
  /** The heights up to the block that an epoch starts from are over. */
  readonly root: boolean;
}

export const ALL_END_RULES: EndRules = { ends: true, root: true };

/** A request of one of two epochs. */
interface EndAsk extends RoundsAsk {
  readonly epoch: Epoch;
}

/**
 * Three honest keys and a liar, who are the members of two epochs. Block a of the first height ends the epoch, if it is
 * decided; hosts may take a key into the next one then, or leave it behind. Each height is asked for in both.
 */
export function epochEndWorld(table: VoteTable, rules = ALL_END_RULES): KeyWorld {
  const all = roundsAsks(table, { views: 1, instances: HEIGHTS });
  // One block of each height is enough, and the first of the two in the list: those of two epochs differ anyway.
  const plain = all.flatMap((ask) => {
    if (!isOfA(ask)) return [];
    const needs = ask.needs === undefined ? undefined : all[ask.needs];
    return [{ ...ask, needs: needs && all.filter(isOfA).indexOf(needs) }];
  });
  const asks: EndAsk[] = [EPOCH, NEXT].flatMap((epoch, at) =>
    plain.map((ask) => ({
      ...ask,
      ...{ epoch, name: `epoch ${epoch}: ${ask.name}`, request: { ...ask.request, epoch } },
      needs: ask.needs === undefined ? undefined : ask.needs + at * plain.length,
    })),
  );
  const tally = new Tally(asks.length, FAULTY);
  const isCertified = (index: number | undefined, keys: readonly KeyNode[]): boolean =>
    index !== undefined && tally.in(keys)[index] === true;
  const decides = (keys: readonly KeyNode[], { epoch, height }: Decided): readonly EndAsk[] =>
    asks.filter(
      ({ statement, epoch: of }, index) =>
        statement.kind === table.decides &&
        of === epoch &&
        statement.instance === height &&
        isCertified(index, keys),
    );
  const context = roundsContext({ table });
  const root = { view: table.firstView, height: toHeight(1n), digest: BLOCKS[0] ?? CHAIN };
  const state = virginState({ chain: CHAIN, protocol: table.protocol, epoch: EPOCH });
  return {
    asks,
    keys: Array.from({ length: HONEST }, () => ({ role: 'any', context, state })),
    shown(index, keys) {
      const ask = asks[index];
      if (ask === undefined) return [];
      const isThere = ask.needs === undefined || isCertified(ask.needs, keys);
      const opens = decides(keys, { epoch: ask.epoch, height: ask.statement.instance - 1n }).length > 0;
      return [`${isThere ? 1 : 0}${opens ? 1 : 0}`];
    },
    facts: (index, shown) =>
      shownFacts(table, asks, { index, isThere: shown[0] === '1', opens: shown[1] === '1' }),
    *turns(key: KeyNode, keys: readonly KeyNode[]): Iterable<ModelKey> {
      if (key.state.epoch !== EPOCH) return;
      const last = decides(keys, { epoch: EPOCH, height: root.height });
      if (!last.some(({ statement }) => statement.block?.digest === root.digest)) return;
      if (rules.ends && !mayEndAt(key.state, root, table)) return;
      const set = validatorSet(NEXT, context.set.members);
      const from = rules.root ? root : { ...root, height: toHeight(0n) };
      const entered = inEpoch(key.state, { epoch: NEXT, root, table });
      yield { role: 'next', context: { ...context, set, root: from }, state: entered };
    },
    broken: (keys) => {
      const isForked = [1n, 2n].some((height) => {
        const found = [EPOCH, NEXT].flatMap((epoch) => decides(keys, { epoch, height }));
        // Blocks of two epochs differ, for the header names its own.
        return new Set(found.map(({ epoch, statement }) => `${epoch} ${statement.block?.digest}`)).size > 1;
      });
      return isForked ? FORK : undefined;
    },
  };
}

function isOfA({ statement }: RoundsAsk): boolean {
  return statement.block?.digest === BLOCKS[0];
}

interface Decided {
  readonly epoch: Epoch;
  readonly height: bigint;
}
