import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MODEL_CASES } from '#libs/custody-model/fork-cases.ts';
import { promiseRuleOf, ruleCaseRow, ruleOf } from './rule-rows.ts';

const breaks = 'agreement: two blocks final that stand against each other';
const row = { protocol: 'hotstuff', rule: 'lock', mutant: 'without lock', breaks };
const found = { states: 5, steps: 3, mustFork: true };

test('a rule whose absence is not noticed is listed as not caught', () => {
  const each = { ...found, name: 'without lock', rule: 'lock' };
  assert.deepEqual(ruleOf('hotstuff', { ...each, hasForked: true }), [
    { ...row, caught: true, by: 'a fork after 3 signatures' },
  ]);
  assert.deepEqual(ruleOf('hotstuff', { ...each, hasForked: false }), [{ ...row, caught: false, by: null }]);
  assert.deepEqual(
    ruleOf('hotstuff', { ...found, name: 'all rules', hasForked: false, mustFork: false }),
    [],
  );
});

test('every search that must fork names the rule that it breaks, and no other does', () => {
  for (const { name, rule, mustFork } of MODEL_CASES) assert.equal(rule !== undefined, mustFork, name);
});

test('a rule counts as noticed by the promise that it is there for, and by no other', () => {
  const each = { protocol: 'pbft', rule: 'lock', name: 'without lock', mustBreak: 'fork', steps: 4 };
  const row = { protocol: 'pbft', rule: 'lock', mutant: 'without lock', breaks: 'fork' };
  assert.deepEqual(promiseRuleOf({ ...each, broken: 'fork' }), [
    { ...row, caught: true, by: 'fork, after 4 signatures' },
  ]);
  assert.deepEqual(promiseRuleOf({ ...each, broken: 'mute' }), [
    { ...row, caught: false, by: 'mute, after 4 signatures' },
  ]);
  assert.deepEqual(promiseRuleOf({ ...each, broken: null }), [{ ...row, caught: false, by: null }]);
  assert.deepEqual(promiseRuleOf({ ...each, rule: null, mustBreak: null, broken: null }), []);
});

test('a rule of a table counts as noticed by its promise alone, with the way there', () => {
  const each = { protocol: 'dbft', rule: 'lock', breaks: 'split', run: () => ({ ...none, broken: 'split' }) };
  const none = { states: 3, broken: undefined, signatures: 2, trace: ['member 0: a', 'member 1: b'] };
  const row = { protocol: 'dbft', rule: 'lock', mutant: 'without lock', breaks: 'split', trace: none.trace };
  assert.deepEqual(ruleCaseRow(each, { ...none, broken: 'split' }), {
    ...row,
    ...{ caught: true, by: 'split, after 2 signatures' },
  });
  assert.deepEqual(ruleCaseRow(each, { ...none, broken: 'fork' }).caught, false);
  assert.deepEqual(ruleCaseRow(each, none), { ...row, caught: false, by: null });
});
