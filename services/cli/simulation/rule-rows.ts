import type { RuleCase, RuleFound } from '#libs/custody-model/bounded/rule-case.ts';
import type { CaseResult } from '#libs/custody-model/fork-cases.ts';
import type { PromiseResult } from '#libs/custody-model/promise-case.ts';

/** A rule, its mutant, and how the search noticed the mutant. */
export interface RuleRow {
  readonly protocol: string;
  readonly rule: string;
  readonly mutant: string;
  readonly caught: boolean;
  readonly by: string | null;
  /** The promise that breaks without the rule. */
  readonly breaks: string;
  /** The statements signed on the way, where the search tells it. */
  readonly trace?: readonly string[];
}

/** @param protocol - Of the case. */
export function ruleOf(protocol: string, { rule, name, hasForked, steps }: CaseResult): readonly RuleRow[] {
  if (rule === undefined) return [];
  const by = hasForked ? `a fork after ${steps} signatures` : null;
  const breaks = 'agreement: two blocks final that stand against each other';
  return [{ protocol, rule, mutant: name, caught: hasForked, by, breaks }];
}

/** A promise that a rule is there for, and whether it was seen to break without it. */
export function promiseRuleOf({
  protocol,
  rule,
  name,
  broken,
  mustBreak,
  steps,
}: PromiseVerdict): readonly RuleRow[] {
  if (rule === null || mustBreak === null) return [];
  const by = broken === null ? null : `${broken}, after ${steps} signatures`;
  return [{ protocol, rule, mutant: name, caught: broken === mustBreak, by, breaks: mustBreak }];
}

interface PromiseVerdict extends Pick<PromiseResult, 'protocol' | 'name' | 'steps'> {
  readonly rule: string | null;
  readonly broken: string | null;
  readonly mustBreak: string | null;
}

/** A rule that was taken out of a table to come. */
export function ruleCaseRow({ protocol, rule, breaks }: RuleCase, found: RuleFound): RuleRow {
  const { broken, signatures, trace } = found;
  const by = broken === undefined ? null : `${broken}, after ${signatures} signatures`;
  return { protocol, rule, mutant: `without ${rule}`, caught: broken === breaks, by, breaks, trace };
}
