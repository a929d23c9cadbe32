import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { commitFloorMs, quorumSize } from './floor.ts';
import { viewTimeoutsFor } from './view-timeout.ts';

const TO_LEADER = { votings: 3, path: 'leader' } as const;
const TO_ALL = { votings: 2, path: 'all' } as const;

describe('commitFloorMs', () => {
  test('counts 13 signatures and 36 verifications for four members', () => {
    const machine = { members: 4, cores: 1, votes: TO_LEADER };
    assert.equal(commitFloorMs({ ...machine, signMs: 1, verifyMs: 0 }), 13);
    assert.equal(commitFloorMs({ ...machine, signMs: 0, verifyMs: 1 }), 3 + 3 * 2 + 3 * 3 * 3);
  });

  test('counts 22 signatures and 108 verifications for seven members', () => {
    const machine = { members: 7, cores: 1, votes: TO_LEADER };
    assert.equal(commitFloorMs({ ...machine, signMs: 1, verifyMs: 0 }), 22);
    assert.equal(commitFloorMs({ ...machine, signMs: 0, verifyMs: 1 }), 6 + 3 * 4 + 3 * 6 * 5);
  });

  test('counts 9 signatures and 19 verifications for four members that count two votings themselves', () => {
    const machine = { members: 4, cores: 1, votes: TO_ALL };
    assert.equal(commitFloorMs({ ...machine, signMs: 1, verifyMs: 0 }), 1 + 2 * 4);
    assert.equal(commitFloorMs({ ...machine, signMs: 0, verifyMs: 1 }), 3 + 2 * 4 * 2);
  });

  test('is about 110 ms for 128f and four members on two cores', () => {
    const floor = commitFloorMs({ members: 4, cores: 2, signMs: 14.7, verifyMs: 0.89, votes: TO_LEADER });
    assert.ok(floor > 105 && floor < 120, String(floor));
  });

  test('is shared by the cores', () => {
    const cost = { members: 4, signMs: 10, verifyMs: 1, votes: TO_LEADER };
    assert.equal(commitFloorMs({ ...cost, cores: 4 }) * 4, commitFloorMs({ ...cost, cores: 1 }));
  });
});

test('quorumSize is two thirds and one', () => {
  assert.deepEqual([4, 5, 6, 7, 512].map(quorumSize), [3, 4, 5, 5, 342]);
});

describe('viewTimeoutsFor', () => {
  test('gives a view ten floors, and failed views sixteen times that', () => {
    assert.deepEqual(viewTimeoutsFor(250), { viewTimeoutMs: 2_500, viewTimeoutMsMax: 40_000 });
  });

  test('never waits less than a second or more than a minute at first', () => {
    assert.equal(viewTimeoutsFor(1).viewTimeoutMs, 1_000);
    assert.deepEqual(viewTimeoutsFor(1e9), { viewTimeoutMs: 60_000, viewTimeoutMsMax: 960_000 });
  });
});
