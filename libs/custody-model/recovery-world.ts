import type { CustodyState } from '#libs/custody/custody-state.ts';
import { type RecoveryRules, recoveredState } from '#libs/custody/recovery.ts';
import { withMode } from '#libs/custody/session.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { type HotStuffAsk, hotStuffAsks } from './hotstuff-asks.ts';
import type { KeyNode, KeyWorld, ModelKey } from './key-world.ts';
import { PHASES, worldOf } from './model-world.ts';
import { RECOVERY_PROMISES, recoveryBroken, votesAgainst } from './recovery-broken.ts';
import { FAULTY, provenBy, recoveryFacts } from './recovery-facts.ts';
import { stateName } from './state-name.ts';
import { Tally } from './tally.ts';

/** One block of a world for recoveries. */
interface PlannedBlock {
  readonly view: number;
  /** Index of its parent; undefined: genesis. */
  readonly on?: number;
  /** True: the block carries the nonce that is drawn after the loss. */
  readonly nonce?: true;
}

/** A few views and blocks, chosen so that a loss can hurt: all orders of all votes for them are searched. */
export interface RecoveryPlan {
  /** Views that a request may lie above the highest that is proved. */
  readonly jump: bigint;
  /** Views by which a recovery takes the jump for smaller than it is. */
  readonly short?: bigint;
  readonly blocks: readonly PlannedBlock[];
  readonly timeouts?: readonly number[];
  /** Whether any earlier copy of the record may come back; else none does. */
  readonly copies?: true;
  readonly rules: RecoveryRules;
}

export interface RecoveryWorld extends KeyWorld {
  /** Whether the key ever came back and signed: a search in which it never does shows nothing. */
  readonly hasSignedAgain: () => boolean;
}

const OTHERS = 2;
const COMMIT = PHASES.length - 1;

/**
 * Four members of which one lies and another one loses its record at any moment, and is recovered by any certificate that
 * the rules let pass (libs/custody/README.md 3.5). A liar leads all views.
 */
export function recoveryWorld(plan: RecoveryPlan): RecoveryWorld {
  const base = worldOf(plan.blocks.map(({ view, on }) => ({ view, parent: on })));
  const asks = hotStuffAsks(base, { ...plan, blocks: [] });
  const tally = new Tally(asks.length, FAULTY);
  const lives = new Lives(base.virgin, plan.copies === true);
  const table = { ...HOTSTUFF_TABLE, viewJumpMax: plan.jump };
  const context = { ...base.context, table };
  const early = { ...context, table: { ...table, viewJumpMax: plan.jump - (plan.short ?? 0n) } };
  let hasSignedAgain = false;

  function* recovered(key: KeyNode, keys: readonly KeyNode[]): Iterable<ModelKey> {
    for (const [index, { block }] of base.blocks.entries()) {
      const isDecided = tally.in(keys)[index * PHASES.length + COMMIT] === true;
      if (!isDecided || (plan.rules.nonce && !hasNonce(plan, index))) continue;
      const { view, height } = block.header;
      const state = recoveredState(early, key.state, { view, height, digest: block.digest }, plan.rules);
      yield { role: `back on ${index}, ${key.role}`, context, state };
    }
  }

  return {
    asks,
    keys: [
      { role: 'well', context, state: base.virgin },
      ...Array.from({ length: OTHERS }, () => ({ role: 'other', context, state: base.virgin })),
    ],
    asked: ({ state: { session } }, { request }) => ({ ...request, session }),
    shown(index, keys) {
      const ask = asks[index];
      // No block on a nonce can have been proposed before the nonce was drawn.
      const isDrawn = keys.some(({ role }) => role.startsWith('lost') || role.startsWith('back'));
      if (ask === undefined || (!isDrawn && hasNonce(plan, ask.about))) return [];
      const isThere = ask.needs === undefined || tally.in(keys)[ask.needs] === true;
      return [`${isThere ? 1 : 0} ${provenBy(asks, keys, tally.in(keys))}`];
    },
    facts: (index, shown) => recoveryFacts(base.blocks, asks, { index, shown }),
    *turns(key, keys) {
      if (key.role.startsWith('well')) yield* lives.lost(key);
      if (key.role.startsWith('lost')) yield* recovered(key, keys);
    },
    wrongAnswer({ role }, ask, { kind }) {
      if (kind !== 'sign' || !role.startsWith('back')) return undefined;
      hasSignedAgain = true;
      return votesAgainst(base, role, ask as HotStuffAsk) ? RECOVERY_PROMISES.against : undefined;
    },
    broken: (keys) => recoveryBroken(base, asks, { keys, certified: tally.in(keys) }),
    hasSignedAgain: () => hasSignedAgain,
  };
}

/** The records of one key: the one at work, and the copy that is kept of it. */
class Lives {
  readonly #virgin: CustodyState;
  readonly #copies: boolean;
  /**
   * The copied state of a key by the key's role: a search node remembers no second state of a key, but its role names
   * one.
   */
  readonly #kept = new Map<string, CustodyState>();

  constructor(virgin: CustodyState, copies: boolean) {
    this.#virgin = virgin;
    this.#copies = copies;
  }

  /** The fate of a healthy key: its record is copied, or the record is lost and the copy is put back. */
  *lost({ role, context, state }: KeyNode): Iterable<ModelKey> {
    const kept = this.#kept.get(role) ?? this.#virgin;
    yield { role: `lost ${slotsOf(kept)}`, context, state: withMode(kept, 'quarantined') };
    if (!this.#copies) return;
    const copied = `well ${stateName(state)} ${slotsOf(state)}`;
    this.#kept.set(copied, state);
    yield { role: copied, context, state };
  }
}

function slotsOf({ signed }: CustodyState): string {
  return [...signed].map(([slot, digest]) => `${slot}:${digest.slice(0, 4)}`).join();
}

/** Whether a block carries the nonce or extends a block that does. */
function hasNonce({ blocks }: Pick<RecoveryPlan, 'blocks'>, index: number | undefined): boolean {
  const block = index === undefined ? undefined : blocks[index];
  return block !== undefined && (block.nonce === true || hasNonce({ blocks }, block.on));
}
