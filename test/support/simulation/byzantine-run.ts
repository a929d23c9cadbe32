import assert from 'node:assert/strict';
import { type MemberIndex, toMemberIndex } from '#libs/chain/ids.ts';
import type { RefusalCause } from '#libs/protocol/module.ts';
import { hotStuffCodec } from '#libs/simulation/hotstuff/nodes/hosted-hotstuff.ts';
import { hotStuffSubject } from '#libs/simulation/hotstuff/subject.ts';
import { type Plan, TWIN } from '#libs/simulation/plan/plan.ts';
import { FAULTS, planWithout } from '#libs/simulation/plan/plan-without.ts';
import type { RunResult } from '#libs/simulation/run/run-result.ts';
import { simulate } from '#libs/simulation/run/simulate.ts';
import { firstSeeds } from './seeds.ts';

const SUBJECT = { ...hotStuffSubject, codec: hotStuffCodec };

/** The traitor of every attack by one member. */
export const TRAITOR = toMemberIndex(1);

export interface Attack {
  readonly members?: number;
  readonly seeds?: number;
  /** The first of them; 1 when not given. */
  readonly from?: number;
  /** Actors of the first members after 0; one when not given as a list. */
  readonly actors: readonly string[];
  /** A good network when not given; `'drawn'` leaves all faults of the seed in. */
  readonly network?: 'good' | 'drawn';
  readonly adjust?: (plan: Plan) => Plan;
}

/** Runs an attack for a few seeds. */
export function attacked(attack: Attack): readonly RunResult[] {
  const { members = 5, seeds = 3, from = 1, actors, network = 'good', adjust = (plan) => plan } = attack;
  const byzantine = actors.map((actor, at) => ({ member: toMemberIndex(at + 1), actor }));
  const calm = (plan: Plan) => ({ ...planWithout(plan, FAULTS), gstMs: 1_500 });
  return Array.from({ length: seeds }, (_, at) =>
    simulate(SUBJECT, {
      seed: from + at,
      members,
      byzantine,
      keepsTrace: true,
      adjust: (plan) => adjust(network === 'good' ? calm(plan) : plan),
    }),
  );
}

/**
 * The promises of every row of test/requirements/BYZ.md: nothing forks, blocks are committed, no honest member is
 * accused.
 */
export function assertHarmless(results: readonly RunResult[]): void {
  for (const { violations, height, plan, sightings } of results) {
    assert.deepEqual(violations, []);
    assert.ok(height >= 5, `height ${height}`);
    const liars = new Set<MemberIndex>(plan.byzantine.map(({ member }) => member));
    for (const { member } of sightings.accused) assert.ok(liars.has(member), `${member} is accused`);
  }
}

/** How often honest members turned a message of the traitor away for this cause, over all runs. */
export function refusals(results: readonly RunResult[], cause: RefusalCause, from = TRAITOR): number {
  return results.reduce((sum, { sightings }) => sum + (sightings.refusals.get(`${from} ${cause}`) ?? 0), 0);
}

/** Kinds of evidence against the traitor, over all runs. */
export function evidenceAgainst(results: readonly RunResult[], member = TRAITOR): readonly string[] {
  const kinds = results.flatMap(({ sightings }) =>
    sightings.accused.filter((each) => each.member === member),
  );
  return [...new Set(kinds.map(({ kind }) => kind))].sort();
}

/** Views that some honest member gave up, over all runs, by who led them. */
export function viewsGivenUp(results: readonly RunResult[]): readonly { view: bigint; leader: number }[] {
  return results.flatMap(({ sightings, plan }) =>
    [...sightings.timedOutViews.values()].map(({ view }) => ({
      view,
      leader: Number(view % BigInt(plan.members)),
    })),
  );
}

/** The faults of a network, one kind at a time; groups for five members. */
export const FAULTS_OF: Readonly<Record<string, Partial<Plan>>> = {
  loss: { lossRate: 0.2 },
  delay: { delay: { minMs: 5, maxMs: 150, tailRate: 0.1, tailMs: 900 } },
  duplicates: { duplicateRate: 0.4 },
  partitions: { partitions: [{ fromMs: 200, untilMs: 900, groups: [0, 0, 1, 1, 1], isOneWay: false }] },
  bandwidth: { bandwidth: 2_000 },
};

/** One traitor of five: safe and live in this many networks of all kinds and in a good one, where only its own views fail. */
export function assertTraitorHarmless(actor: string, seeds: number): void {
  assertHarmless(attacked({ actors: [actor], seeds, network: 'drawn' }));
  const good = attacked({ actors: [actor], seeds: 1 });
  assertHarmless(good);
  for (const { leader } of viewsGivenUp(good)) assert.equal(leader, TRAITOR);
}

/** Whether so many twins make two blocks final at one height, in some of these seeds of any network. */
export function isForked(twins: number, members: number, seeds: number): boolean {
  const actors = Array<string>(twins).fill(TWIN);
  const forks = (from: number) =>
    attacked({ actors, members, seeds: 1, from, network: 'drawn' }).some(({ violations }) =>
      violations.some(({ kind }) => kind === 'fork'),
    );
  return [...firstSeeds(seeds)].some(forks);
}
