import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  assertOfVotesAlone,
  largeSetting,
  modelledDecisions,
  SIGNATURE_BYTES,
  slowestMs,
  TO_ALL,
} from '#test/support/simulation/modelled-large.ts';

const MEMBERS = 512;
const QUORUM = 342;

/** With votes to all the work grows with the square of this: test/long/large-federation.ts has the largest federation. */
const MANY = 128;

describe('decisions of large federations on lines of one gigabit, with hosts of four cores', () => {
  test(`A5-05 A5-06 FED-15 at ${MANY} members a block is decided within ten seconds, with votes to all`, () => {
    const [cost = assert.fail()] = modelledDecisions(largeSetting(MANY), [0]);
    assertOfVotesAlone(cost, MANY);
  });

  test('at 512 members the certificates of a leader that counts the votes alone take a minute and a half on its line', () => {
    const [cost = assert.fail()] = modelledDecisions(largeSetting(MEMBERS, { parameters: {} }), [0]);
    const certificates = 3 * QUORUM * SIGNATURE_BYTES * (MEMBERS - 1);
    const busiest = Math.max(...cost.sentBytes);
    assert.ok(busiest >= certificates && busiest <= 1.1 * certificates, `${busiest} bytes`);
    assert.equal(busiest, cost.sentBytes[cost.leader]);
    assert.ok(slowestMs([cost]) >= (8_000 * certificates) / 1e9);
    assert.ok(cost.messages <= 20 * MEMBERS, `${cost.messages} messages`);
  });

  test('HS-37 E2E-10 five members on a gigabit make transactions final within three seconds, whoever counts', () => {
    for (const parameters of [TO_ALL, {}]) {
      const costs = modelledDecisions(
        largeSetting(5, { parameters }),
        Array.from({ length: 20 }, () => 0),
      );
      assert.ok(slowestMs(costs) < 3_000, `${slowestMs(costs)} ms`);
    }
  });

  test('F-21: HS-55 no message of 64 members is above a frame, through failed views too, and one view more costs its timeout', () => {
    const timing = { viewTimeoutMs: 4_000, viewTimeoutMsMax: 60_000 };
    const [, quiet = assert.fail(), failed = assert.fail()] = modelledDecisions(
      largeSetting(64, { timing }),
      [0, 0, 1],
    );
    assert.equal(failed.timeoutMs, 4_000);
    assert.ok(slowestMs([failed]) - failed.timeoutMs < 4 * slowestMs([quiet]));
  });
});
