import { toMemberIndex } from '#libs/chain/ids.ts';
import type { Partition, Plan } from '../../plan/plan.ts';
import { FAULTS, planWithout } from '../../plan/plan-without.ts';
import type { Course } from '../words/course.ts';
import { judgedIn, judgesIn } from '../words/judged-by.ts';

const SIZES = [4, 7, 10] as const;
const SEED = 650_000;

/** Until views last as long as they may. */
const CAPPED_MS = 20_000;
const SHORT_MS = 3_000;

/** Clients insist: few transactions, or a standstill is spent on handing them in again. */
const CALM_TRANSACTION_MS = 4_000;

interface Standstill {
  readonly what: string;
  plan(members: number): Partial<Plan>;
}

/** Situations in which nothing is decided for long, and that end. */
const STANDSTILLS: readonly Standstill[] = [
  {
    what: 'all that may be silent lead one after the other',
    plan: (members) => {
      const silent = Array.from({ length: Math.floor((members - 1) / 3) }, (_, at) => at);
      return {
        gstMs: SHORT_MS,
        leaders: silent,
        byzantine: silent.map((member) => ({ member: toMemberIndex(member), actor: 'silent' })),
      };
    },
  },
  {
    what: 'nobody reaches anybody until views cannot last any longer',
    plan: (members) => cut(CAPPED_MS, (member) => member, members),
  },
  {
    what: 'two halves are apart, and meet again',
    plan: (members) => cut(CAPPED_MS, (member) => member % 2, members),
  },
  {
    what: 'two halves are apart, then two others, again and again',
    plan: (members) => ({
      gstMs: 10 * SHORT_MS,
      partitions: Array.from({ length: 10 }, (_, at) => ({
        ...{ fromMs: at * SHORT_MS, untilMs: (at + 1) * SHORT_MS, isOneWay: false },
        groups: groupsOf(members, (member) => Math.floor(member / (1 + (at % 3))) % 2),
      })),
    }),
  },
];

/** C8: all members go on after a standstill, however long it was. */
export const STANDSTILL: Course = {
  name: 'standstill',
  judges: judgesIn('C8'),
  open: ({ simulated }, { standstillSizes }) => ({
    parts: STANDSTILLS.length * standstillSizes,
    run: (part) => {
      const members = SIZES[Math.floor(part / STANDSTILLS.length)] ?? SIZES[0];
      const found = STANDSTILLS[part % STANDSTILLS.length];
      if (found === undefined) return { runs: 0, failures: [] };
      const adjust = (plan: Plan): Plan => ({
        ...planWithout(plan, FAULTS),
        ...{ byzantine: [], transactionMs: CALM_TRANSACTION_MS },
        ...found.plan(members),
      });
      const { violations } = simulated.run({
        seed: SEED + part,
        members,
        actors: [],
        isWhole: false,
        adjust,
      });
      return { runs: 1, failures: judgedIn('C8', violations, { name: `${members} members: ${found.what}` }) };
    },
  }),
};

function cut(untilMs: number, groupOf: (member: number) => number, members: number): Partial<Plan> {
  const partition: Partition = { fromMs: 0, untilMs, groups: groupsOf(members, groupOf), isOneWay: false };
  return { gstMs: untilMs, partitions: [partition] };
}

function groupsOf(members: number, groupOf: (member: number) => number): readonly number[] {
  return Array.from({ length: members }, (_, member) => groupOf(member));
}
