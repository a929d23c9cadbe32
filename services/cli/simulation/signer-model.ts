import { type CaseResult, MODEL_CASES, runCase } from '#libs/custody-model/fork-cases.ts';
import { type PromiseResult, runPromiseCase } from '#libs/custody-model/promise-case.ts';
import { PROMISE_CASES } from '#libs/custody-model/promise-cases.ts';
import { RECOVERY_CASES, runRecoveryCase } from '#libs/custody-model/recovery-cases.ts';
import type { Terminal } from '#services/launcher/words/terminal.ts';

/** More views are more states than a machine has memory for. */
const MODEL_VIEWS = 2;

/**
 * Searches all states that hostile hosts can bring honest signers to, with all rules and without each of them; and
 * the states of a signer that lost its record and came back. True when nothing breaks with all rules, and each rule's
 * absence breaks what its case expects: a fork, or the promise that the rule protects.
 */
export function runSignerModel(terminal: Terminal, json: boolean): boolean {
  const startMs = performance.now();
  const cases = MODEL_CASES.map((each) => {
    const result = runCase(each, MODEL_VIEWS);
    terminal.note(lineOf(result));
    return result;
  });
  const promises = PROMISE_CASES.map((each) => {
    const result = runPromiseCase(each);
    terminal.note(promiseLine(result));
    return {
      ...result,
      rule: result.rule ?? null,
      mustBreak: result.mustBreak ?? null,
      broken: result.broken ?? null,
    };
  });
  const recoveries = RECOVERY_CASES.map((each) => {
    const { mustBreak, broken, rule, ...result } = runRecoveryCase(each);
    const isAsMeant = broken === mustBreak && (result.hasSignedAgain || broken !== undefined);
    const verdict = isAsMeant ? 'as meant' : 'WRONG';
    terminal.note(`${verdict} ${result.name}: ${broken ?? 'nothing breaks'}, ${result.states} states`);
    const named = rule === undefined ? null : `recovery: ${rule}`;
    return {
      ...result,
      protocol: 'hotstuff',
      rule: named,
      mustBreak: mustBreak ?? null,
      broken: broken ?? null,
      isAsMeant,
    };
  });
  const rules = [
    ...cases.flatMap(ruleOf),
    ...promises.flatMap(promiseRuleOf),
    ...recoveries.flatMap(promiseRuleOf),
  ];
  const survivors = rules.filter(({ caught }) => !caught).map(({ protocol, rule }) => `${protocol}: ${rule}`);
  const isAsMeant =
    survivors.length === 0 &&
    cases.every(({ hasForked, mustFork }) => hasForked === mustFork) &&
    promises.every(({ broken, mustBreak }) => broken === mustBreak) &&
    recoveries.every((each) => each.isAsMeant);
  const seconds = Math.round((performance.now() - startMs) / 100) / 10;
  const states = [...cases, ...promises, ...recoveries].reduce((sum, each) => sum + each.states, 0);
  const facts = { mode: 'signer-model', views: MODEL_VIEWS, states, isAsMeant, seconds };
  if (json) terminal.out(JSON.stringify({ ...facts, rules, survivors, cases, promises, recoveries }));
  else for (const [name, value] of Object.entries(facts)) terminal.out(`${name}: ${value}`);
  return isAsMeant;
}

/** A rule, its mutant, and how the search noticed the mutant. */
interface RuleRow {
  readonly protocol: string;
  readonly rule: string;
  readonly mutant: string;
  readonly caught: boolean;
  readonly by: string | null;
  /** The promise that breaks without the rule. */
  readonly breaks: string;
}

export function ruleOf({ rule, name, hasForked, steps }: CaseResult): readonly RuleRow[] {
  if (rule === undefined) return [];
  const by = hasForked ? `a fork after ${steps} signatures` : null;
  const breaks = 'agreement: two blocks final that stand against each other';
  return [{ protocol: 'hotstuff', rule, mutant: name, caught: hasForked, by, breaks }];
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

function promiseLine({ protocol, name, broken, mustBreak, states }: PromiseResult): string {
  const verdict = broken === mustBreak ? 'as meant' : 'WRONG';
  return `${verdict} ${protocol}, ${name}: ${broken ?? 'nothing breaks'}, ${states} states`;
}

function lineOf({ name, hasForked, mustFork, states, steps }: CaseResult): string {
  const found = hasForked ? `a fork after ${steps} signatures` : 'no fork';
  return `${hasForked === mustFork ? 'as meant' : 'WRONG'} ${name}: ${found}, ${states} states`;
}
