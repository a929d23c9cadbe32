import { type MemberIndex, toView, type View } from '#libs/chain/ids.ts';
import type { Position } from '#libs/protocol/vote/position.ts';
import type { CustodyContext } from './custody-context.ts';
import type { CustodyState } from './custody-state.ts';
import type { FactBook } from './fact-book.ts';

/** The rules, each by a name, so that the model can take one out and show that it was needed. */
export interface Rules {
  /** A key in quarantine, or retired, signs nothing (libs/custody/README.md G4). */
  readonly active: boolean;
  /** Only the newest session is answered (libs/custody/README.md 3.1). */
  readonly sessions: boolean;
  /** Signs for the chain of the genesis alone (libs/custody/README.md G6). */
  readonly chain: boolean;
  /** Signs for the epoch alone that the key is in (libs/custody/README.md G8). */
  readonly epochs: boolean;
  /** Signs as a member of that epoch alone (libs/custody/README.md G7). */
  readonly members: boolean;
  /** A repeated statement gets the same signature again. */
  readonly repeats: boolean;
  /** One statement for a slot, for ever (libs/custody/README.md G2). */
  readonly slots: boolean;
  /** Signs nothing at or below the mark, nor in an instance that is over (libs/custody/README.md 3.3 rule 1). */
  readonly marks: boolean;
  /** Signs nothing of a view after it was given up (libs/custody/README.md 3.3 rule 6, 3.4). */
  readonly leaving: boolean;
  /** Proposals only where the key leads (libs/custody/README.md G7, 3.3 rule 2). */
  readonly leaders: boolean;
  /** Votes only for the block that the leader of the view proposed (libs/custody/README.md 3.3 rule 3). */
  readonly proposals: boolean;
  /** The header is that of the block, and of this view and its leader (libs/custody/README.md 3.3 rule 2). */
  readonly blocks: boolean;
  /** Certificates count only when they were verified here (libs/custody/README.md 3.3 rule 2 to rule 6). */
  readonly certificates: boolean;
  /** safeNode; in protocols of rounds the choice that the reports of a quorum leave (libs/custody/README.md 3.3 rule 3, 3.4). */
  readonly lock: boolean;
  /** A key that leaves a view reports all that it acted on (libs/custody/README.md 3.3 rule 6, 3.4). */
  readonly reports: boolean;
  /** Signs nothing far above the proved views (libs/custody/README.md 3.3 rule 7). */
  readonly jump: boolean;
}

export const ALL_RULES: Rules = {
  active: true,
  sessions: true,
  chain: true,
  epochs: true,
  members: true,
  repeats: true,
  slots: true,
  marks: true,
  leaving: true,
  leaders: true,
  proposals: true,
  blocks: true,
  certificates: true,
  lock: true,
  reports: true,
  jump: true,
};

/** The basis of a key's judgement. */
export interface Judge {
  readonly context: CustodyContext;
  readonly state: CustodyState;
  readonly facts: FactBook;
  readonly rules: Rules;
  /** The known progress: by the record, and by facts verified since. */
  readonly reached: Reached;
}

export interface Reached {
  /** Instances below this are known to be over; this one is open. */
  readonly openFrom: bigint;
  /** Highest view of the open instance that is known to be proved. */
  readonly proven: View;
}

export function reachedBy(context: CustodyContext, state: CustodyState, facts: FactBook): Reached {
  const openFrom = openInstance(context, state, facts);
  // Views of an instance that is over say nothing of the next one's.
  const recorded = openFrom === state.openFrom ? state.proven : toView(0n);
  const shown = facts.provenIn(openFrom);
  return { openFrom, proven: shown > recorded ? shown : recorded };
}

function openInstance({ table, root }: CustodyContext, state: CustodyState, facts: FactBook): bigint {
  if (table.instances === 'one') return state.openFrom;
  // The block that the epoch starts from is decided.
  const ends = [state.openFrom, facts.openFrom, root.height + 1n];
  return ends.reduce((most, each) => (each > most ? each : most));
}

/** The leader of a view; undefined while the block that tells it was not shown. */
export function leaderIn(
  { leader, root, table }: CustodyContext,
  facts: FactBook,
  { instance, view }: Position,
): MemberIndex | undefined {
  const isFirst = table.instances === 'one' || instance === root.height + 1n;
  return leader(view, instance, isFirst ? 'root' : facts.openingOf(instance));
}
