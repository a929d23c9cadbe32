import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { costFaults, formula } from '#libs/simulation/conformance/courses/cost-course.ts';

/** Two votes to all, as three of the four planned protocols have two or three. */
const { commit: _, ...twoVotes } = HOTSTUFF_TABLE.kinds;
const TWO_VOTES = { ...HOTSTUFF_TABLE, kinds: twoVotes };

describe('the formula of C20', () => {
  test('says of three votes over the leader what was counted by hand', () => {
    const told = [4, 7, 21, 64].map((members) => {
      const { messages, signed } = formula(HOTSTUFF_TABLE, 'leader', members);
      return [messages, signed];
    });
    assert.deepEqual(told, [
      [21, 13],
      [42, 22],
      [140, 64],
      [441, 193],
    ]);
  });

  test('says of two votes to all what was counted by hand', () => {
    const told = [4, 7, 21, 64].map((members) => {
      const { messages, signed } = formula(TWO_VOTES, 'all', members);
      return [messages, signed];
    });
    assert.deepEqual(told, [
      [27, 9],
      [90, 15],
      [860, 43],
      [8_127, 129],
    ]);
  });

  test('is not met by one vote in ten that is sent twice, and is by one in thirty', () => {
    const expected = formula(HOTSTUFF_TABLE, 'leader', 4);
    const sent = (share: number) => ({ ...expected, messages: expected.messages * (1 + share) });
    assert.deepEqual(costFaults(sent(1 / 30), expected), []);
    assert.match(costFaults(sent(1 / 10), expected)[0] ?? '', /^messages: 23\.1 for each decision/);
    assert.equal(costFaults(sent(-1 / 10), expected).length, 1);
  });
});
