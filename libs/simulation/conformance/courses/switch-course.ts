import { type MemberIndex, toMemberIndex } from '#libs/chain/ids.ts';
import type { Byzantine, Plan } from '../../plan/plan.ts';
import { simulate } from '../../run/simulate.ts';
import type { Course, CourseBatch } from '../words/course.ts';
import { judgedAs } from '../words/judged-by.ts';
import type { Contender, JudgedProtocol } from '../words/judged-protocol.ts';
import { sparingFirst, switchChanges, switchingSubject } from './switches.ts';
import { doing, FOUNDERS, WHOLE_SEED } from './whole-seed.ts';

/** As many as may lie two at once. */
const MEMBERS_WITH_LIARS = 7;
const LIARS: readonly MemberIndex[] = [2, 5].map(toMemberIndex);

/** The members, and those of them that lie in all protocols that have their lie. */
interface Crew {
  readonly members: number;
  readonly byzantine: readonly Byzantine[];
}

/** Beginning in either protocol, and with liars or without. */
const KINDS = 4;

/**
 * C13: the chain begins in the judged protocol or in another one, and goes over to the other and back, twice; in half of the
 * runs f members lie, each lie of both protocols in turn.
 */
export const SWITCHES: Course = {
  name: 'switches',
  judges: ['C13'],
  isDrawn: true,
  isShared: true,
  open: (judged, { wholeSeeds }) => ({
    parts: Math.max(1, KINDS * judged.others.length) * wholeSeeds,
    triedBy: (part) => {
      const { from, to, crew, round } = journeyOf(judged, part);
      return `from ${idOf(from)} to ${idOf(to)}, ${crew.byzantine.length} liars, round ${round}`;
    },
    run: (part) => switched(journeyOf(judged, part), WHOLE_SEED + part),
  }),
};

interface Journey {
  readonly from: Contender | undefined;
  readonly to: Contender | undefined;
  readonly crew: Crew;
  readonly round: number;
}

function journeyOf(judged: JudgedProtocol, part: number): Journey {
  const { others } = judged;
  const other = others[Math.floor(part / KINDS) % others.length];
  const round = Math.floor(part / (KINDS * Math.max(1, others.length)));
  const isLiarless = part % KINDS < 2 || other === undefined;
  const crew = isLiarless ? { members: FOUNDERS, byzantine: [] } : crewOf(judged, other, part % 2, round);
  const [from, to] = part % 2 === 0 ? [judged, other] : [other, judged];
  return { from, to, crew, round };
}

const NOTHING: CourseBatch = {
  runs: 1,
  failures: [
    { case: 'C13', kind: 'other', name: 'others', text: 'there is no other protocol to go over to' },
  ],
};

/** The liars of a round: the rounds of both directions together come to each lie as soon as they can. */
function crewOf(
  { simulated }: JudgedProtocol,
  { subject }: Contender,
  direction: number,
  round: number,
): Crew {
  const lies = [...new Set([...simulated.actors, ...subject.actors.keys()])];
  const first = (2 * round + direction) * LIARS.length;
  const byzantine = LIARS.map((member, at) => ({ member, actor: lies[(first + at) % lies.length] ?? '' }));
  return { members: MEMBERS_WITH_LIARS, byzantine };
}

function switched({ from, to, crew }: Journey, seed: number): CourseBatch {
  if (from === undefined || to === undefined) return NOTHING;
  const changes = switchChanges([to, from, to, from]);
  const adjust = (plan: Plan): Plan => sparingFirst(doing(plan, { changes }));
  const { violations } = simulate(switchingSubject(from, to), {
    ...{ seed, isWhole: true, actors: [], adjust },
    ...crew,
  });
  const lies = crew.byzantine.map(({ actor }) => actor).join(' and ');
  const who = lies === '' ? '' : ` among ${crew.members} members with ${lies}`;
  const name = `from ${idOf(from)} to ${idOf(to)} and back${who}, seed ${seed}`;
  return { runs: 1, failures: judgedAs('C13', violations, { name }) };
}

function idOf(contender: Contender | undefined): string {
  return contender?.subject.module.id ?? 'nowhere';
}
