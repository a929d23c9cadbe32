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
/** The last height of the first epoch, and one above it. */
export const TWO_HEIGHTS = 2;
/** And one that a decision above it opens: there the key forgets what it did below. */
export const THREE_HEIGHTS = 3;

/** The rules at the end of an epoch, each by a name, so that it can be taken out. */
export interface EndRules {
  /** A key that signed above a block does not take it for the last of its epoch. */
  readonly ends: boolean;
  /** Nor does one for which a height opened that only a decision above the block opens. */
  readonly open: boolean;
  /** The heights up to the block that an epoch starts from are over. */
  readonly root: boolean;
}

export const ALL_END_RULES: EndRules = { ends: true, open: true, root: true };

export interface EndSetting {
  readonly rules?: EndRules;
  /** Heights that are asked for in each epoch. */
  readonly heights?: number;
}

/** A request of one of two epochs. */
interface EndAsk extends RoundsAsk {
  readonly epoch: Epoch;
}

/**
 * Three honest keys and a liar, who are the members of two epochs. Block a of the first height ends the epoch, if it is
 * decided; hosts may take a key into the next one then, or leave it behind. Each height is asked for in both.
 */
export function epochEndWorld(
  table: VoteTable,
  { rules = ALL_END_RULES, heights = THREE_HEIGHTS }: EndSetting = {},
): KeyWorld {
  const all = roundsAsks(table, { views: 1, instances: heights });
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
      const known = rules.open ? key.state : { ...key.state, openFrom: 0n };
      if (rules.ends && !mayEndAt(known, root, table)) return;
      const set = validatorSet(NEXT, context.set.members);
      const from = rules.root ? root : { ...root, height: toHeight(0n) };
      const entered = inEpoch(key.state, { epoch: NEXT, root, table });
      yield { role: 'next', context: { ...context, set, root: from }, state: entered };
    },
    broken: (keys) => {
      const isForked = Array.from({ length: heights }, (_, at) => BigInt(at + 1)).some((height) => {
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
