import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MODEL_CASES } from '#libs/simulation/signer-model/cases.ts';
import { ruleOf } from './signer-model.ts';

const found = { states: 5, steps: 3, mustFork: true };

test('a rule whose absence is not noticed is listed as not caught', () => {
  const each = { ...found, name: 'without lock', rule: 'lock' };
  assert.deepEqual(ruleOf({ ...each, hasForked: true }), [
    { rule: 'lock', mutant: 'without lock', caught: true, by: 'a fork after 3 signatures' },
  ]);
  assert.deepEqual(ruleOf({ ...each, hasForked: false }), [
    { rule: 'lock', mutant: 'without lock', caught: false, by: null },
  ]);
  assert.deepEqual(ruleOf({ ...found, name: 'all rules', hasForked: false, mustFork: false }), []);
});

test('every search that must fork names the rule that it breaks, and no other does', () => {
  for (const { name, rule, mustFork } of MODEL_CASES) assert.equal(rule !== undefined, mustFork, name);
});
