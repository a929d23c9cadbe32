import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CallHoldings } from './call-holdings.ts';

test('a call that is over gives back its answers and its place at work, each once, and meets no deadline', (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const given: string[] = [];
  const held = new CallHoldings();
  held.deadline(10, () => given.push('deadline'));
  const taken = held.answer(() => given.push('first answer'));
  held.answer(() => given.push('second answer'));
  held.work(() => () => given.push('work'));
  taken();
  assert.deepEqual(given, ['first answer']);
  held.free();
  held.free();
  context.mock.timers.tick(20);
  assert.deepEqual(given, ['first answer', 'second answer', 'work']);
});

test('a deadline is met unless it was kept', (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const late: string[] = [];
  const held = new CallHoldings();
  held.deadline(10, () => late.push('request'));
  held.deadline(10, () => late.push('answer'))();
  context.mock.timers.tick(10);
  assert.deepEqual(late, ['request']);
});

test('a second message at work takes the place of the first', () => {
  const given: string[] = [];
  const held = new CallHoldings();
  held.work(() => () => given.push('first'));
  held.work(() => () => given.push('second'));
  assert.deepEqual(given, ['first']);
  held.work(() => undefined);
  assert.deepEqual(given, ['first', 'second'], 'where places are not counted, none is held');
});
