import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MODEL_CASES } from '#libs/custody-model/fork-cases.ts';
import { promiseRuleOf, ruleOf } from './signer-model.ts';

const breaks = 'agreement: two blocks final that stand against each other';
const row = { protocol: 'hotstuff', rule: 'lock', mutant: 'without lock', breaks };
const found = { states: 5, steps: 3, mustFork: true };

test('a rule whose absence is not noticed is listed as not caught', () => {
  const each = { ...found, name: 'without lock', rule: 'lock' };
  assert.deepEqual(ruleOf({ ...each, hasForked: true }), [
    { ...row, caught: true, by: 'a fork after 3 signatures' },
  ]);
  assert.deepEqual(ruleOf({ ...each, hasForked: false }), [{ ...row, caught: false, by: null }]);
  assert.deepEqual(ruleOf({ ...found, name: 'all rules', hasForked: false, mustFork: false }), []);
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
