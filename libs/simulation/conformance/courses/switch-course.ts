import { SOFTWARE_VERSION } from '#libs/chain/software-version.ts';
import type { NewTerms } from '#libs/membership/new-terms.ts';
import { switchingNodes } from '../../nodes/switching-nodes.ts';
import type { Plan } from '../../plan/plan.ts';
import { simulate } from '../../run/simulate.ts';
import type { Course, CourseBatch } from '../words/course.ts';
import { judgedAs } from '../words/judged-by.ts';
import type { Contender } from '../words/judged-protocol.ts';
import { CHANGE_MS, doing, FOUNDERS, WHOLE_SEED } from './whole-seed.ts';

/** C13: the chain begins in the judged protocol or in another one, and goes over to the other and back, twice. */
export const SWITCHES: Course = {
  name: 'switches',
  judges: ['C13'],
  open: ({ others, ...judged }, { wholeSeeds }) => ({
    // Both ways with each of the others.
    parts: Math.max(1, 2 * others.length) * wholeSeeds,
    run: (part) => {
      const other = others[Math.floor(part / 2) % others.length];
      if (other === undefined) return NOTHING;
      const isFirst = part % 2 === 0;
      const [from, to] = isFirst ? [judged, other] : [other, judged];
      return switched(from, to, WHOLE_SEED + part);
    },
  }),
};

const NOTHING: CourseBatch = {
  runs: 1,
  failures: [
    { case: 'C13', kind: 'other', name: 'others', text: 'there is no other protocol to go over to' },
  ],
};

function switched(from: Contender, to: Contender, seed: number): CourseBatch {
  const changes = [to, from, to, from].map((each, at) => ({
    ...{ atMs: (at + 1) * CHANGE_MS, leave: [], join: [], terms: termsOf(each) },
  }));
  const adjust = (plan: Plan): Plan => sparingFirst(doing(plan, { changes }));
  const subject = switchingNodes(from.subject, [to.subject]);
  const { violations } = simulate(subject, { seed, members: FOUNDERS, isWhole: true, actors: [], adjust });
  const [one, other] = [from.subject.module.id, to.subject.module.id];
  const name = `from ${one} to ${other} and back, seed ${seed}`;
  return { runs: 1, failures: judgedAs('C13', violations, { name }) };
}

function termsOf({ subject: { module }, parameters }: Contender): NewTerms {
  return { needs: SOFTWARE_VERSION, protocol: { id: module.id, version: 1 }, parameters, others: [] };
}

/** Without crashes of the first member: a protocol of the tests has one leader for ever, which forgets its proposal in a crash. */
function sparingFirst(plan: Plan): Plan {
  return { ...plan, powerCuts: [], crashes: plan.crashes.filter(({ instance }) => instance !== 0) };
}
