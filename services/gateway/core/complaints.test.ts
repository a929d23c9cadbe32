import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Complaints } from './complaints.ts';

describe('complaints', () => {
  test('are new once per cause and peer, and counted every time', () => {
    const complaints = new Complaints(10);
    assert.deepEqual(
      [
        complaints.note('x', 'a'),
        complaints.note('x', 'a'),
        complaints.note('y', 'a'),
        complaints.note('x', 'b'),
      ],
      [true, false, true, true],
    );
    assert.deepEqual(
      [...complaints.counts],
      [
        ['x', 3],
        ['y', 1],
      ],
    );
  });

  test('of the oldest are forgotten beyond the bound', () => {
    const complaints = new Complaints(2);
    for (const peer of ['a', 'b', 'c']) complaints.note('x', peer);
    assert.deepEqual([complaints.note('x', 'c'), complaints.note('x', 'a')], [false, true]);
  });
});
