import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MEMBERS_MAX, MEMBERS_MIN } from '#libs/membership/limits.ts';
import {
  largeSetting,
  modelledDecisions,
  SIGNATURE_BYTES,
  slowestMs,
  TO_ALL,
} from '#test/support/simulation/modelled-large.ts';
import { VOTES_TO_ALL_MEMBERS, votePathFor } from './new-vote-path.ts';

describe('the way of votes of a new federation', () => {
  test('is over the leader while it is small', () => {
    const sizes = Array.from({ length: MEMBERS_MAX }, (_, at) => at + 1);
    const small = sizes.filter((members) => votePathFor(members) === 'leader');
    assert.deepEqual(small, sizes.slice(0, VOTES_TO_ALL_MEMBERS - 1));
    assert.equal(votePathFor(MEMBERS_MIN), 'leader');
  });

  for (const members of [VOTES_TO_ALL_MEMBERS, 21]) {
    test(`of ${members} is the one that loads no uplink with certificates, and decides in less than six tenths of the time on 100 Mb/s`, () => {
      // The first decision is of members that meet: the one after it counts.
      const [leader = assert.fail(), all = assert.fail()] = [{}, TO_ALL].map((parameters) => {
        const setting = largeSetting(members, { network: '100mbit', parameters });
        const [, cost = assert.fail()] = modelledDecisions(setting, [0, 0]);
        return { tookMs: slowestMs([cost]), uplink: Math.max(...cost.sentBytes) };
      });
      assert.ok(all.uplink * 5 < leader.uplink, `${all.uplink} of ${leader.uplink} bytes`);
      assert.ok(all.tookMs < 0.6 * leader.tookMs, `${all.tookMs} of ${leader.tookMs} ms`);
      // A vote in each of three phases to each other member, and its part of a proposal: nothing that grows with the quorum.
      const votes = 3 * (members - 1) * SIGNATURE_BYTES;
      assert.ok(all.uplink < 1.4 * votes, `${all.uplink} of ${votes} bytes`);
    });
  }
});
