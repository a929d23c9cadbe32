import { type CaseResult, FORKING_PROTOCOL, MODEL_CASES, runCase } from '#libs/custody-model/fork-cases.ts';
import { type PromiseResult, runPromiseCase } from '#libs/custody-model/promise-case.ts';
import { PROMISE_CASES } from '#libs/custody-model/promise-cases.ts';
import { RECOVERY_CASES, runRecoveryCase } from '#libs/custody-model/recovery-cases.ts';
import type { Terminal } from '#services/launcher/words/terminal.ts';
import { promiseRuleOf, type RuleRow, ruleOf } from './rule-rows.ts';
import type { SignerModelRequest } from './signer-model-request.ts';
import { runTables } from './table-runs.ts';

/** More views of a protocol whose views run across heights are more states than a machine has memory for. */
const MODEL_VIEWS = 2;

/**
 * Searches all states that hostile hosts can bring honest signers to, with all rules and without each of them; and
 * the states of a signer that lost its record and came back. True when nothing breaks with all rules, and each rule's
 * absence breaks what its case expects: a fork, or the promise that the rule protects.
 */
export function runSignerModel(request: SignerModelRequest, terminal: Terminal): boolean {
  const startMs = performance.now();
  const present = request.isWhole ? runPresent(terminal) : undefined;
  const { isGood, ...found } = runTables(request, terminal);
  const rules = [...(present?.rules ?? []), ...found.rules];
  const survivors = rules.filter(({ caught }) => !caught).map(({ protocol, rule }) => `${protocol}: ${rule}`);
  const isAsMeant = isGood && survivors.length === 0 && present?.isAsMeant !== false;
  const seconds = Math.round((performance.now() - startMs) / 100) / 10;
  const states = found.states + (present?.states ?? 0);
  const facts = { mode: 'signer-model', ...(present && { views: MODEL_VIEWS }), states, isAsMeant, seconds };
  const { tables, walks } = found;
  const { cases, promises, recoveries } = present ?? {};
  if (request.json) {
    terminal.out(JSON.stringify({ ...facts, rules, survivors, tables, walks, cases, promises, recoveries }));
  } else for (const [name, value] of Object.entries(facts)) terminal.out(`${name}: ${value}`);
  return isAsMeant;
}

interface PresentRuns {
  readonly rules: readonly RuleRow[];
  readonly isAsMeant: boolean;
  readonly states: number;
  readonly cases: readonly CaseResult[];
  readonly promises: readonly object[];
  readonly recoveries: readonly object[];
}

/** The protocol whose forks are searched for, recoveries, and the tables of rounds that the signer has now. */
function runPresent(terminal: Terminal): PresentRuns {
  const cases = MODEL_CASES.map((each) => {
    const result = runCase(each, MODEL_VIEWS, each.mustFork);
    terminal.note(lineOf(result));
    return result;
  });
  const promises = PROMISE_CASES.map((each) => {
    const result = runPromiseCase(each);
    terminal.note(promiseLine(result));
    const { rule = null, mustBreak = null, broken = null } = result;
    return { ...result, rule, mustBreak, broken };
  });
  const recoveries = RECOVERY_CASES.map((each) => {
    const { mustBreak = null, broken = null, rule, ...result } = runRecoveryCase(each);
    const isAsMeant = broken === mustBreak && (result.hasSignedAgain || broken !== null);
    const verdict = isAsMeant ? 'as meant' : 'WRONG';
    terminal.note(`${verdict} ${result.name}: ${broken ?? 'nothing breaks'}, ${result.states} states`);
    const named = rule === undefined ? null : `recovery: ${rule}`;
    return { ...result, protocol: FORKING_PROTOCOL, rule: named, mustBreak, broken, isAsMeant };
  });
  return {
    ...{ cases, promises, recoveries },
    rules: [
      ...cases.flatMap((each) => ruleOf(FORKING_PROTOCOL, each)),
      ...promises.flatMap(promiseRuleOf),
      ...recoveries.flatMap(promiseRuleOf),
    ],
    isAsMeant:
      cases.every(({ hasForked, mustFork }) => hasForked === mustFork) &&
      promises.every(({ broken, mustBreak }) => broken === mustBreak) &&
      recoveries.every((each) => each.isAsMeant),
    states: [...cases, ...promises, ...recoveries].reduce((sum, each) => sum + each.states, 0),
  };
}

function promiseLine({ protocol, name, broken, mustBreak, states }: PromiseResult): string {
  const verdict = broken === mustBreak ? 'as meant' : 'WRONG';
  return `${verdict} ${protocol}, ${name}: ${broken ?? 'nothing breaks'}, ${states} states`;
}

function lineOf({ name, hasForked, mustFork, states, steps }: CaseResult): string {
  const found = hasForked ? `a fork after ${steps} signatures` : 'no fork';
  return `${hasForked === mustFork ? 'as meant' : 'WRONG'} ${name}: ${found}, ${states} states`;
}
