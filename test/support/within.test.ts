import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until, within } from './within.ts';

test('within gives what comes in time, passes failures on, and names what never comes', async () => {
  assert.equal(await within('a word', Promise.resolve('word')), 'word');
  await assert.rejects(within('a word', Promise.reject(new Error('none'))), /none/);
  await assert.rejects(within('a word', new Promise(() => {}), 1), /waited in vain: a word/);
});

test('until looks again and again, and names what never becomes true', async () => {
  let looks = 0;
  await until('three looks', async () => ++looks === 3);
  assert.equal(looks, 3);
  await assert.rejects(
    until('a lie', () => false, 1),
    /waited in vain: a lie/,
  );
});
