import { SOFTWARE_VERSION } from '#libs/chain/software-version.ts';
import type { NewTerms } from '#libs/membership/new-terms.ts';
import { switchingNodes } from '../../nodes/switching-nodes.ts';
import type { HostedSubject } from '../../nodes/whole-nodes.ts';
import type { Plan } from '../../plan/plan.ts';
import type { PlannedChange } from '../../plan/whole-plan.ts';
import type { Contender } from '../words/judged-protocol.ts';
import { CHANGE_MS } from './whole-seed.ts';

/** Nodes that begin with one protocol and can go over to another. */
export function switchingSubject(from: Contender, to: Contender): HostedSubject {
  return switchingNodes(from.subject, [to.subject]);
}

/** Votes for one protocol after the other, by members that stay the same. */
export function switchChanges(contenders: readonly Contender[]): readonly PlannedChange[] {
  return contenders.map((each, at) => ({
    ...{ atMs: (at + 1) * CHANGE_MS, leave: [], join: [], terms: termsOf(each) },
  }));
}

function termsOf({ subject: { module }, parameters }: Contender): NewTerms {
  return { needs: SOFTWARE_VERSION, protocol: { id: module.id, version: 1 }, parameters, others: [] };
}

/** Without crashes of the first member: a protocol of the tests has one leader for ever, which forgets its proposal in a crash. */
export function sparingFirst(plan: Plan): Plan {
  return { ...plan, powerCuts: [], crashes: plan.crashes.filter(({ instance }) => instance !== 0) };
}
