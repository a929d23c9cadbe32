import { ALL_RULES, type Rules } from '#libs/custody/judge.ts';
import { ALL_RECOVERY_RULES, type RecoveryRules } from '#libs/custody/recovery.ts';
import { VIEW_JUMP_MAX } from '#libs/protocol/vote/limits.ts';
import { type SearchResult, searchKeys } from './key-search.ts';
import { RECOVERY_PROMISES } from './recovery-broken.ts';
import { type RecoveryPlan, recoveryWorld } from './recovery-world.ts';

/** A search in which one of four members loses its record and comes back (libs/custody/README.md 3.5). */
export interface RecoveryCase {
  readonly name: string;
  /** The broken rule; left out: none. */
  readonly rule?: string;
  readonly mustBreak: string | undefined;
  readonly plan: RecoveryPlan;
  readonly rules?: Rules;
  /** More than a hundred thousand states: for `npm run sim -- --signer-model` alone. */
  readonly isLong?: true;
}

type Plan = Omit<RecoveryPlan, 'rules'>;

/**
 * The lost record may have signed as far ahead as the jump lets it, before anything was proved, and the nonce is
 * decided in the very first view. Views are only names: every jump leads to as many blocks, and so to as many states.
 */
function ahead(jump: bigint): Plan {
  const [most, after] = [Number(jump), Number(jump) + 2];
  const blocks = [
    { view: most },
    { view: 1, nonce: true as const },
    { view: most, on: 1 },
    { view: after, on: 1 },
  ];
  return { jump, blocks };
}

/** The same by timeouts, which alone prove views without blocks: the quickest way ahead. */
const LEFT: Plan = { jump: 3n, blocks: [{ view: 2, nonce: true }], timeouts: [1, 3, 4, 6] };

/** The lost record helped to decide a block above the one that an old certificate is of, and a rival is proposed later. */
const LATE: Plan = { jump: 1n, blocks: [{ view: 1 }, { view: 2, on: 0 }, { view: 3, on: 0 }] };

/** A rival of the block with the nonce, and views enough above it for the recovered key to sign again. */
const THREE_VIEWS: Plan = {
  jump: 1n,
  blocks: [
    { view: 1 },
    { view: 3, on: 0 },
    { view: 2, on: 0, nonce: true },
    { view: 3, on: 2 },
    { view: 4, on: 3 },
  ],
};

/** A rival is proposed above the block with the nonce, when the recovered key signs again. */
const RIVAL: Plan = {
  jump: 1n,
  blocks: [{ view: 1, nonce: true }, { view: 2, on: 0 }, { view: 3 }, { view: 3, on: 1 }],
};

const { twice, fork, against } = RECOVERY_PROMISES;

function recovered(
  name: string,
  plan: Plan,
  part: Partial<RecoveryRules> = {},
): Pick<RecoveryCase, 'name' | 'plan'> {
  return { name, plan: { ...plan, rules: { ...ALL_RECOVERY_RULES, ...part } } };
}

/** Up to that of production. With a jump of one no view can be signed ahead of the first: see LATE and THREE_VIEWS. */
const JUMPS = [2n, 3n, VIEW_JUMP_MAX];

export const RECOVERY_CASES: readonly RecoveryCase[] = [
  ...JUMPS.map((jump) => ({
    ...recovered(`a lost record is recovered, jump of ${jump}`, ahead(jump)),
    mustBreak: undefined,
  })),
  ...JUMPS.flatMap((jump) => [
    {
      ...recovered(`a lost record is recovered, without jump of ${jump}`, ahead(jump), { jump: false }),
      ...{ rule: 'jump', mustBreak: twice },
    },
    { ...recovered(`jump of ${jump} one view short`, { ...ahead(jump), short: 1n }), mustBreak: undefined },
    {
      ...recovered(`jump of ${jump} two views short`, { ...ahead(jump), short: 2n }),
      ...{ rule: `jump of ${jump}, not two less`, mustBreak: twice },
    },
  ]),
  { ...recovered('a lost record is recovered, timeouts', LEFT), mustBreak: undefined },
  {
    ...recovered('a lost record is recovered, timeouts, without jump', LEFT, { jump: false }),
    ...{ rule: 'jump', mustBreak: twice },
  },
  { ...recovered('an older copy is recovered', { ...ahead(2n), copies: true }), mustBreak: undefined },
  {
    ...recovered('an older copy is recovered, without jump', { ...ahead(2n), copies: true }, { jump: false }),
    ...{ rule: 'jump, of an older copy', mustBreak: twice },
  },
  {
    ...recovered('an older copy is recovered, timeouts', { ...LEFT, copies: true }),
    ...{ mustBreak: undefined, isLong: true },
  },
  {
    ...recovered('a lost record is recovered, without nonce', LATE, { nonce: false }),
    ...{ rule: 'nonce', mustBreak: fork, isLong: true },
  },
  { ...recovered('a lost record is recovered, a rival', RIVAL), mustBreak: undefined },
  {
    ...recovered('a lost record is recovered, without lock', RIVAL, { lock: false }),
    ...{ rule: 'lock', mustBreak: against },
  },
  {
    ...recovered('a lost record signs before it is recovered', ahead(2n)),
    ...{ rule: 'quarantine', mustBreak: twice, rules: { ...ALL_RULES, active: false } },
  },
  {
    ...recovered('a lost record is recovered, three views', THREE_VIEWS),
    mustBreak: undefined,
    isLong: true,
  },
];

export interface RecoveryCaseResult extends SearchResult {
  readonly name: string;
  readonly rule: string | undefined;
  readonly mustBreak: string | undefined;
  /** Whether the key ever came back and signed: a search in which it never does shows nothing. */
  readonly hasSignedAgain: boolean;
}

export function runRecoveryCase({
  name,
  rule,
  mustBreak,
  plan,
  rules = ALL_RULES,
}: RecoveryCase): RecoveryCaseResult {
  const world = recoveryWorld(plan);
  const found = searchKeys(world, rules);
  return { name, rule, mustBreak, ...found, hasSignedAgain: world.hasSignedAgain() };
}
