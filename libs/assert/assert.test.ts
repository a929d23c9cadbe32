import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AssertionError, assert as invariant, unreachable } from './assert.ts';

test('assert lets pass what holds, and throws the message of what does not', () => {
  invariant(true, 'never seen');
  assert.throws(() => invariant(false, 'views go up'), { name: 'AssertionError', message: 'views go up' });
});

test('unreachable shows the case that was forgotten', () => {
  assert.throws(() => unreachable({ kind: 'new' } as never), /unreachable value: {"kind":"new"}/);
});

test('an AssertionError is no AppError, so that nobody takes it for a foreseen failure', () => {
  assert.equal(Object.getPrototypeOf(AssertionError), Error);
});
