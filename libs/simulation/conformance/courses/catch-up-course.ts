import { toMemberIndex } from '#libs/chain/ids.ts';
import { FAITHFUL, type Plan } from '../../plan/plan.ts';
import { planWithout } from '../../plan/plan-without.ts';
import type { RunResult } from '../../run/run-result.ts';
import { simulate } from '../../run/simulate.ts';
import type { CaseFailure, Course, CourseBatch } from '../words/course.ts';
import { judgesIn } from '../words/judged-by.ts';
import type { JudgedProtocol } from '../words/judged-protocol.ts';
import { sparingFirst, switchChanges, switchingSubject } from './switches.ts';
import { batchOfSeed, CHANGE_MS, doing, WHOLE_SEED } from './whole-seed.ts';

const MEMBERS = 7;

/** One founder is away for nearly all of the time, and comes back to a chain that went on without it. */
const AWAY = { instance: 1, atMs: 50, untilMs: 6_000 };

/** One node that joins when the chain has gone over to the other protocol and back. */
const NEWCOMER = toMemberIndex(MEMBERS);

/** As many as may lie about what is missing. */
const LIARS = [2, 5].map(toMemberIndex);

/** Faults in which the others would decide too little in that time for anyone to miss it. */
const SLOWING = ['partitions', 'splits', 'bandwidth', 'delay', 'loss', 'skew'];
const TRANSACTION_MS = 40;

/** Blocks that whoever comes back has missed at least; below that nothing is shown. */
const MISSED_MIN = 5;

interface Way {
  readonly what: string;
  /** Missing blocks from which on a snapshot is taken; 0: never. */
  readonly snapshotBlocks: number;
  readonly lie?: string;
  /** Whether the chain meanwhile goes over to another protocol and back. */
  readonly switches?: true;
  /** Whether the one that catches up is new to the federation. */
  readonly joins?: true;
  /** Added to its seeds; 0 when left out. */
  readonly seedsFrom?: number;
}

const WAYS: readonly Way[] = [
  { what: 'over ranges of blocks', snapshotBlocks: 0 },
  { what: 'over a snapshot', snapshotBlocks: 4 },
  // In this seed somebody asks a liar who answers with a false certificate.
  { what: 'over ranges, and members lie', snapshotBlocks: 0, lie: 'range-liar', seedsFrom: 24 },
  { what: 'over a snapshot, and members lie', snapshotBlocks: 4, lie: 'snapshot-poisoner' },
  { what: 'over a switch of the protocol and back', snapshotBlocks: 0, switches: true },
  { what: 'over a switch, as one that joins after it', snapshotBlocks: 0, switches: true, joins: true },
];

/** C14: a member that was away has the whole chain afterwards, whichever way, and takes part again. */
export const CATCH_UP: Course = {
  name: 'catch-up',
  judges: judgesIn('C14'),
  isDrawn: true,
  isShared: true,
  open: (judged, { wholeSeeds }) => {
    const ways = waysOf(judged);
    return {
      parts: ways.length * wholeSeeds,
      triedBy: (part) => `${ways[part % ways.length]?.what}, round ${Math.floor(part / ways.length)}`,
      run: (part) => {
        const way = ways[part % ways.length];
        if (way === undefined) return { runs: 0, failures: [] };
        return caughtUp(judged, way, WHOLE_SEED + part + (way.seedsFrom ?? 0));
      },
    };
  },
};

function caughtUp({ others, ...judged }: JudgedProtocol, way: Way, seed: number): CourseBatch {
  const { what, lie, switches, joins, snapshotBlocks } = way;
  const [other] = others;
  const isOver = switches !== undefined && other !== undefined;
  const subject = isOver ? switchingSubject(judged, other) : judged.subject;
  const changes = isOver ? switchChanges([other, judged]) : [];
  const joining = { atMs: (changes.length + 1) * CHANGE_MS, leave: [], join: [NEWCOMER] };
  const whole = {
    ...{ snapshotBlocks, absences: joins ? [] : [AWAY], newcomers: joins ? 1 : 0 },
    changes: joins ? [...changes, joining] : changes,
    clerks: lie === undefined ? [] : LIARS.map((member) => ({ member, lie })),
  };
  const adjust = (plan: Plan): Plan => {
    const swift = { ...planWithout(doing(plan, whole), SLOWING), transactionMs: TRANSACTION_MS };
    return isOver ? sparingFirst(swift) : swift;
  };
  const byzantine = lie === undefined ? [] : LIARS.map((member) => ({ member, actor: FAITHFUL }));
  const options = { ...{ seed, members: MEMBERS, isWhole: true, actors: [] }, byzantine, adjust };
  const result = simulate(subject, { ...options, keepsTrace: true });
  const name = `${what}, seed ${seed}`;
  const { runs, failures } = batchOfSeed('C14', result.violations, name);
  return { runs, failures: [...failures, ...unshown(result, way).map((text) => failureOf(name, text))] };
}

/** The purpose of a run that it did not come to: without it nobody has caught up. */
function unshown(
  { heightAtGst, trace }: RunResult,
  { snapshotBlocks, switches, joins }: Way,
): readonly string[] {
  const saw = (words: string): boolean =>
    trace.some((line) => line.split(' ').slice(1).join(' ').startsWith(words));
  const late = joins ? NEWCOMER : AWAY.instance;
  return [
    heightAtGst >= MISSED_MIN ? '' : `only ${heightAtGst} blocks were missed`,
    snapshotBlocks === 0 || saw(`${late} snapshot of`) ? '' : 'no snapshot was taken',
    switches === undefined || saw(`${late} epoch 2 with`) ? '' : 'it is not in the epoch after the switches',
  ].filter((text) => text !== '');
}

function failureOf(name: string, text: string): CaseFailure {
  return { case: 'C14', kind: 'other', name, text: `nothing was shown: ${text}` };
}

/**
 * Without snapshots where roots come one block later: nobody can take one yet. Without switches where there is no other
 * protocol: C13 says so.
 */
function waysOf({ subject: { root }, others }: JudgedProtocol): readonly Way[] {
  return WAYS.filter(
    ({ snapshotBlocks, switches }) =>
      (root !== 'next-block' || snapshotBlocks === 0) && (switches === undefined || others.length > 0),
  );
}
