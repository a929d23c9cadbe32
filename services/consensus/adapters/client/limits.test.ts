import assert from 'node:assert/strict';
import { test } from 'node:test';
import { strangerLimits } from './limits.ts';

const MIB = 1024 * 1024;

test('a client that hands in a thousand transactions at once is no crowd of dawdlers', () => {
  assert.ok(strangerLimits(256 * 1024).arrivingMax > 1_000);
});

test('requests that never become whole hold a bounded part of the memory, however large one may be', () => {
  for (const transactionBytesMax of [1, 256 * 1024, MIB]) {
    const { arrivingMax, messageBytesMax } = strangerLimits(transactionBytesMax);
    assert.ok(arrivingMax * messageBytesMax <= 544 * MIB, String(transactionBytesMax));
  }
});
