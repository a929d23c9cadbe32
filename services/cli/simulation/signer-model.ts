import { type CaseResult, MODEL_CASES, runCase } from '#libs/simulation/signer-model/cases.ts';
import { RECOVERY_CASES, runRecoveryCase } from '#libs/simulation/signer-model/recovery-cases.ts';
import type { Terminal } from '../ports.ts';

/** More views are more states than a machine has memory for. */
const MODEL_VIEWS = 2;

/**
 * Searches what hostile hosts can bring honest signers to, with all rules and without each of them; and one that lost its
 * record and came back. True when there is no fork with all rules, and one without each.
 */
export function runSignerModel(terminal: Terminal, json: boolean): boolean {
  const startMs = performance.now();
  const cases = MODEL_CASES.map((each) => {
    const result = runCase(each, MODEL_VIEWS);
    terminal.note(lineOf(result));
    return result;
  });
  const recoveries = RECOVERY_CASES.map((each) => {
    const { mustBreak, broken, ...result } = runRecoveryCase(each);
    const isAsMeant = broken === mustBreak && (result.hasSignedAgain || broken !== undefined);
    const verdict = isAsMeant ? 'as meant' : 'WRONG';
    terminal.note(`${verdict} ${result.name}: ${broken ?? 'no fork'}, ${result.states} states`);
    return { ...result, mustBreak: mustBreak ?? null, broken: broken ?? null, isAsMeant };
  });
  const rules = [...cases.flatMap(ruleOf), ...recoveries.flatMap(recoveryRuleOf)];
  const survivors = rules.filter(({ caught }) => !caught).map(({ rule }) => rule);
  const isAsMeant =
    survivors.length === 0 &&
    cases.every(({ hasForked, mustFork }) => hasForked === mustFork) &&
    recoveries.every((each) => each.isAsMeant);
  const seconds = Math.round((performance.now() - startMs) / 100) / 10;
  const states = [...cases, ...recoveries].reduce((sum, each) => sum + each.states, 0);
  const facts = { mode: 'signer-model', views: MODEL_VIEWS, states, isAsMeant, seconds };
  if (json) terminal.out(JSON.stringify({ ...facts, rules, survivors, cases, recoveries }));
  else for (const [name, value] of Object.entries(facts)) terminal.out(`${name}: ${value}`);
  return isAsMeant;
}

/** A rule, what was done to it, and how the search noticed. */
interface RuleRow {
  readonly rule: string;
  readonly mutant: string;
  readonly caught: boolean;
  readonly by: string | null;
}

export function ruleOf({ rule, name, hasForked, steps }: CaseResult): readonly RuleRow[] {
  if (rule === undefined) return [];
  const by = hasForked ? `a fork after ${steps} signatures` : null;
  return [{ rule, mutant: name, caught: hasForked, by }];
}

function recoveryRuleOf({ name, mustBreak, broken }: RecoveryVerdict): readonly RuleRow[] {
  const [, rule] = /, without (.+)$/.exec(name) ?? [];
  if (rule === undefined) return [];
  return [
    { rule: `recovery: ${rule}`, mutant: name, caught: broken !== null && broken === mustBreak, by: broken },
  ];
}

interface RecoveryVerdict {
  readonly name: string;
  readonly mustBreak: string | null;
  readonly broken: string | null;
}

function lineOf({ name, hasForked, mustFork, states, steps }: CaseResult): string {
  const found = hasForked ? `a fork after ${steps} signatures` : 'no fork';
  return `${hasForked === mustFork ? 'as meant' : 'WRONG'} ${name}: ${found}, ${states} states`;
}
