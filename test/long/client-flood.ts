// A newcomer is served within 5 s by a member of which one process takes all that it can get (F-07).
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  servedBesideIdleConnections,
  servedBesideWatches,
} from '#test/support/consensus/crowds-of-clients.ts';

const SERVED_MS_MAX = 5_000;

describe('a newcomer is served soon', () => {
  for (const [crowd, served] of [
    ['1,400 idle connections', () => servedBesideIdleConnections()],
    ['2,000 watches over one connection', () => servedBesideWatches(1)],
    ['2,000 watches over 100 connections', () => servedBesideWatches(100)],
  ] as const) {
    test(`F-07: beside ${crowd}`, async () => {
      const tookMs = await served();
      assert.ok(tookMs < SERVED_MS_MAX, `${tookMs} ms`);
    });
  }
});
