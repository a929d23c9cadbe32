import type { DelayPlan, Plan } from './plan.ts';
import type { WholePlan } from './whole-plan.ts';

/** A network that does its best. */
export const GOOD_DELAY: DelayPlan = { minMs: 1, maxMs: 10, tailRate: 0, tailMs: 10 };

/** Every kind of fault, by the name that the command line takes, and a plan in which it does not happen. */
const WITHOUT = {
  loss: (plan) => ({ ...plan, lossRate: 0 }),
  duplicates: (plan) => ({ ...plan, duplicateRate: 0 }),
  delay: (plan) => ({ ...plan, delay: GOOD_DELAY }),
  bandwidth: (plan) => ({ ...plan, bandwidth: 0 }),
  skew: (plan) => ({ ...plan, clocks: [] }),
  partitions: (plan) => ({ ...plan, partitions: [] }),
  splits: (plan) => ({ ...plan, splits: [] }),
  crashes: (plan) => ({ ...plan, crashes: [] }),
  power: (plan) => ({ ...plan, powerCuts: [] }),
  pause: (plan) => ({ ...plan, pauses: [] }),
  disk: (plan) => ({ ...plan, losesUnsynced: false }),
  full: (plan) => ({ ...plan, fullDisks: [] }),
  broken: (plan) => ({ ...plan, broken: [] }),
  changes: (plan) => withWhole(plan, { changes: [] }),
  absences: (plan) => withWhole(plan, { absences: [] }),
  snapshots: (plan) => withWhole(plan, { snapshotBlocks: 0 }),
  clerks: (plan) => withWhole(plan, { clerks: [] }),
} as const satisfies Readonly<Record<string, (plan: Plan) => Plan>>;

function withWhole(plan: Plan, part: Partial<WholePlan>): Plan {
  return plan.whole === undefined ? plan : { ...plan, whole: { ...plan.whole, ...part } };
}

type FaultName = keyof typeof WITHOUT;

export const FAULTS = Object.keys(WITHOUT) as readonly FaultName[];

/** Lists of a plan whose entries can be left out one by one, by the name of one entry. */
const ENTRIES = {
  liar: 'byzantine',
  partition: 'partitions',
  split: 'splits',
  crash: 'crashes',
  cut: 'powerCuts',
  pause: 'pauses',
  fill: 'fullDisks',
  break: 'broken',
} as const satisfies Readonly<Record<string, keyof Plan>>;

type EntryName = keyof typeof ENTRIES;

const ENTRY = new RegExp(`^(?<name>${Object.keys(ENTRIES).join('|')})\\.(?<at>\\d{1,4})$`);

/** Whether a text names a kind of fault, or one entry like `crash.2`. */
export function isOmission(text: string): boolean {
  return (FAULTS as readonly string[]).includes(text) || ENTRY.test(text);
}

/** All that a plan holds and could do without, dearest first: whole kinds, then single entries. */
export function omissionsOf(plan: Plan): readonly string[] {
  const kinds = FAULTS.filter((name) => JSON.stringify(WITHOUT[name](plan)) !== JSON.stringify(plan));
  const entries = (Object.keys(ENTRIES) as EntryName[]).flatMap((name) =>
    plan[ENTRIES[name]].map((_, at) => `${name}.${at}`),
  );
  return [...kinds, ...entries];
}

/** The plan without these kinds and entries, numbered as in the plan itself. */
export function planWithout(plan: Plan, omissions: readonly string[]): Plan {
  let rest = plan;
  for (const [name, list] of Object.entries(ENTRIES)) {
    const gone = new Set(omissions.filter((text) => text.startsWith(`${name}.`)));
    if (gone.size > 0) rest = { ...rest, [list]: withoutEntries<unknown>(plan[list], name, gone) };
  }
  for (const name of FAULTS) if (omissions.includes(name)) rest = WITHOUT[name](rest);
  return withHonestClerksGone(rest);
}

/**
 * A member that no longer lies in the protocol must not lie beside it: it would count as an honest member with a
 * fault.
 */
function withHonestClerksGone(plan: Plan): Plan {
  const liars = new Set(plan.byzantine.map(({ member }) => member));
  return withWhole(plan, { clerks: plan.whole?.clerks.filter(({ member }) => liars.has(member)) ?? [] });
}

function withoutEntries<T>(entries: readonly T[], name: string, gone: ReadonlySet<string>): readonly T[] {
  return entries.filter((_, at) => !gone.has(`${name}.${at}`));
}
