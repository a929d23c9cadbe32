import { toMemberIndex } from '#libs/chain/ids.ts';
import { simulated } from '#libs/simulation/campaign/simulated-protocol.ts';
import { TWIN } from '#libs/simulation/plan/plan.ts';
import { type RunOptions, simulate } from '#libs/simulation/run/simulate.ts';
import { MUTANTS } from '#test/support/hotstuff/hotstuff-mutants.ts';
import { firstSeeds } from '#test/support/simulation/seeds.ts';
import { directedFailure } from './directed.ts';
import { brokenIn, firstBroken } from './noticed.ts';

export type MutantName = keyof typeof MUTANTS;

type Choices = Omit<RunOptions, 'seed'>;

/** A run with this liar in it, for every seed. */
function withLiar(actor: string, members = 4): Choices {
  return { members, byzantine: [{ member: toMemberIndex(1), actor }] };
}

function twins(members: number, ...who: readonly number[]): Choices {
  return { members, byzantine: who.map((member) => ({ member: toMemberIndex(member), actor: TWIN })) };
}

const HONEST: Choices = { members: 4, actors: [] };

/** The liar that brings a mutant down by itself, where that is known; other mutants are hunted with everything. */
export const HUNTS: Readonly<Partial<Record<MutantName, Choices>>> = {
  'no safeNode': withLiar('stale-leader'),
  'justification of any block': withLiar('misjustifier'),
  'only prepare certificates verified': withLiar('forger'),
  'view of a certificate not signed': withLiar('forger'),
  'genesis at any view': withLiar('forger'),
  'no lock from a decision': HONEST,
  'prepare certificate voted on but not kept': HONEST,
  'repeated vote starts the count again': withLiar('stutterer'),
  'leader proposes unheard': withLiar('selective'),
  'hidden high certificate accepted': withLiar('stale-leader'),
  'early reports dropped': HONEST,
  'no vote once': withLiar('equivocator'),
  'one vote in a view': HONEST,
  'lock overwritten by an older one': HONEST,
  'highest certificate overwritten by an older one': HONEST,
  'votes after a timeout': HONEST,
  'old certificates voted on': HONEST,
  'second proposal taken': withLiar('equivocator'),
  'no distinct signers': withLiar('forger'),
  'votes not verified': withLiar('garbler'),
  'timeouts not verified': withLiar('garbler'),
  'majority is a quorum': twins(7, 1, 2),
  '2f + 1 is a quorum': twins(6, 1),
  'quorum of those who are there': HONEST,
  'no record before a signature': HONEST,
  'lock forgotten in a crash': HONEST,
  'prepare certificate forgotten in a crash': HONEST,
  'view forgotten in a crash': HONEST,
  'proposal forgotten in a crash': HONEST,
  'votes forgotten in a crash': HONEST,
  'timeout forgotten in a crash': HONEST,
  'everything forgotten in a crash': HONEST,
  'leader forgets the highest certificate': HONEST,
  'no timeouts': withLiar('silent'),
  'no resend': HONEST,
  'no join': withLiar('silent'),
  'timeouts of all views make one quorum': withLiar('timeout-spammer'),
  'timeout without a cap': HONEST,
  'who voted commit never leaves': withLiar('selective'),
  'decides on a prepare certificate': HONEST,
  'decides on a pre-commit certificate': HONEST,
  'blocks not judged': withLiar('invalid-leader'),
};

/** Seeds that bring a mutant down sooner than the first ones do: they are tried before these. */
const SOON: Readonly<Partial<Record<MutantName, number>>> = {
  'no timeouts': 5,
  'no resend': 15,
  'timeouts of all views make one quorum': 2,
  'decides on a prepare certificate': 3,
  'blocks not judged': 5,
};

const ANYTHING: Choices = { members: 4 };
const SEEDS = 400;
const TWINS = { kind: 'twins', protocol: 'hotstuff', members: 4, twins: 1, views: 2 } as const;

/** The checks that caught a mutant: the first of each kind that noticed. */
export interface Catch {
  readonly mutant: MutantName;
  /** A scenario that was written for a rule. */
  readonly directed: string | undefined;
  /** A seed, with the invariant that broke in it. */
  readonly random: string | undefined;
  /** A scenario of the exhaustive Twins. */
  readonly twins: string | undefined;
}

/** Runs everything that could notice a mutant. */
export function hunt(mutant: MutantName, seeds = SEEDS): Catch {
  const subject = MUTANTS[mutant];
  return {
    mutant,
    directed: directedFailure(subject.module),
    random: randomCatch(mutant, seeds),
    twins: twinsCatch(mutant),
  };
}

/** A seed in which the mutant breaks an invariant: the first one, or another that shows it sooner. */
export function randomCatch(mutant: MutantName, seeds: number): string | undefined {
  const choices = HUNTS[mutant] ?? ANYTHING;
  for (const seed of firstSeeds(seeds, SOON[mutant])) {
    const first = firstBroken(simulate(MUTANTS[mutant], { seed, ...choices }).violations);
    if (first !== undefined) return `seed ${seed}: ${first.invariant}`;
  }
  return undefined;
}

function twinsCatch(mutant: MutantName): string | undefined {
  const open = simulated(MUTANTS[mutant]).twins(TWINS);
  // Some cases are enough to see what any scenario shows. The stride shares no factor with the 24 choices of a view.
  for (let at = 0; at < open.cases; at += 25) {
    const caught = brokenIn(`twins ${at}`, () => {
      const [failure] = open.run(at).failures;
      return failure?.violations ?? [];
    });
    if (caught !== undefined) return caught;
  }
  return undefined;
}
