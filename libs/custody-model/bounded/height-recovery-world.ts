import { virginState } from '#libs/custody/custody-state.ts';
import { type RecoveryRules, recoveredState } from '#libs/custody/recovery.ts';
import { withMode } from '#libs/custody/session.ts';
import { slotName, slotOf } from '#libs/protocol/vote/slot.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import type { KeyNode, KeyWorld, ModelKey } from '../key-world.ts';
import { BLOCKS, CHAIN, EPOCH, type RoundsAsk, roundsAsks } from '../rounds-asks.ts';
import { Tally } from '../tally.ts';
import { roundsContext } from './key-book.ts';
import { shownFacts } from './shown-facts.ts';

export const TWICE = 'a key that lost its record gave two statements in one slot';

/** A world that tells whether the key ever came back and signed: a search in which it never does shows nothing. */
export interface HeightRecoveryWorld extends KeyWorld {
  readonly hasSignedAgain: () => boolean;
}

const FAULTY = { liars: 1, quorum: 3 } as const;
const HEIGHTS = 2;
const OTHERS = 2;

/**
 * Three honest keys and a liar in two heights of a protocol of rounds. The first key loses its record at any moment, and comes back
 * on any decided block that the rules let pass. The second block of each height carries the nonce, which is drawn after the loss.
 */
export function heightRecoveryWorld(table: VoteTable, rules: RecoveryRules): HeightRecoveryWorld {
  const asks = roundsAsks(table, { views: 1, instances: HEIGHTS });
  const tally = new Tally(asks.length, FAULTY);
  const context = roundsContext({ table });
  const virgin = virginState({ chain: CHAIN, protocol: table.protocol, epoch: EPOCH });
  let hasSignedAgain = false;
  const decided = (keys: readonly KeyNode[]): readonly RoundsAsk[] =>
    asks.filter(({ statement: { kind } }, index) => kind === table.decides && tally.in(keys)[index] === true);
  return {
    asks,
    keys: [
      { role: 'well', context, state: virgin },
      ...Array.from({ length: OTHERS }, () => ({ role: 'other', context, state: virgin })),
    ],
    asked: ({ state: { session } }, { request }) => ({ ...request, session }),
    shown(index, keys) {
      const ask = asks[index];
      const isDrawn = keys.some(({ role }) => role === 'lost' || role === 'back');
      if (ask === undefined || (!isDrawn && hasNonce(ask))) return [];
      const isThere = ask.needs === undefined || tally.in(keys)[ask.needs] === true;
      const opens = decided(keys).some(({ statement }) => statement.instance === ask.statement.instance - 1n);
      return [`${isThere ? 1 : 0}${opens ? 1 : 0}`];
    },
    facts: (index, shown) =>
      shownFacts(table, asks, { index, isThere: shown[0] === '1', opens: shown[1] === '1' }),
    *turns({ role, state }, keys): Iterable<ModelKey> {
      if (role === 'well') yield { role: 'lost', context, state: withMode(virgin, 'quarantined') };
      if (role !== 'lost') return;
      for (const { statement, ...ask } of decided(keys)) {
        const { view, block } = statement;
        if (block === undefined || (rules.nonce && !hasNonce({ statement, ...ask }))) continue;
        yield { role: 'back', context, state: recoveredState(context, state, { view, ...block }, rules) };
      }
    },
    wrongAnswer({ role }, _ask, { kind }) {
      if (role === 'back' && kind === 'sign') hasSignedAgain = true;
      return undefined;
    },
    broken: (keys) => (keys.some((key) => isTwice(table, asks, key)) ? TWICE : undefined),
    hasSignedAgain: () => hasSignedAgain,
  };
}

function hasNonce({ statement: { block } }: RoundsAsk): boolean {
  return block?.digest === BLOCKS[1];
}

function isTwice(table: VoteTable, asks: readonly RoundsAsk[], { signed }: KeyNode): boolean {
  const slots = signed.flatMap((index) => {
    const statement = asks[index]?.statement;
    return statement === undefined ? [] : [slotName(slotOf(EPOCH, statement, table))];
  });
  return new Set(slots).size < slots.length;
}
