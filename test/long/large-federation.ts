// A5-05, A5-06, FED-15, F-21: the largest federation decides within ten seconds, and after a failed view, by the latency model with votes to all.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  assertOfVotesAlone,
  largeSetting,
  modelledDecisions,
  slowestMs,
} from '#test/support/simulation/modelled-large.ts';

const MEMBERS = 512;
const TIMEOUT_MS = 20_000;

describe(`${MEMBERS} members on lines of one gigabit, with hosts of four cores and votes to all`, () => {
  test('A5-05 A5-06 FED-15 decide a block within ten seconds', () => {
    for (const cost of modelledDecisions(largeSetting(MEMBERS), [0])) assertOfVotesAlone(cost, MEMBERS);
  });

  test('F-21: decide after a failed view too, in the timeout and not much more', () => {
    const timing = { viewTimeoutMs: TIMEOUT_MS, viewTimeoutMsMax: 3 * TIMEOUT_MS };
    const [failed = assert.fail()] = modelledDecisions(largeSetting(MEMBERS, { timing }), [1]);
    assert.equal(failed.timeoutMs, TIMEOUT_MS);
    const restMs = slowestMs([failed]) - failed.timeoutMs;
    assert.ok(restMs <= 20_000, `${restMs} ms beside the timeout`);
  });
});
