import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MEMBERS_MAX, MEMBERS_MIN } from '#libs/membership/limits.ts';
import { type Costs, TimedCluster } from '#test/simulation/conditions/timed-cluster.ts';
import { VOTES_TO_ALL_MEMBERS, votePathFor } from './new-vote-path.ts';

/** slh-dsa-sha2-128f as measured (BENCHMARKS.md), on members with four cores each. */
const COSTS: Costs = {
  ...{ signMs: 11.43, verifyMs: 0.73, cores: 4, signatureBytes: 17_088 },
  ...{ bitsPerSecond: 1e8, latencyMs: 25 },
};

describe('the way of votes of a new federation', () => {
  test('is over the leader while it is small', () => {
    const sizes = Array.from({ length: MEMBERS_MAX }, (_, at) => at + 1);
    const small = sizes.filter((members) => votePathFor(members) === 'leader');
    assert.deepEqual(small, sizes.slice(0, VOTES_TO_ALL_MEMBERS - 1));
    assert.equal(votePathFor(MEMBERS_MIN), 'leader');
  });

  for (const members of [VOTES_TO_ALL_MEMBERS, 21]) {
    test(`of ${members} is the one that loads no uplink with certificates, and decides in at most half of the time on 100 Mb/s`, () => {
      const [leader, all] = (['leader', 'all'] as const).map((path) => {
        const cluster = new TimedCluster(members, COSTS, path);
        return { tookMs: cluster.decideOne(), uplink: cluster.busiestBytes };
      });
      assert.ok(leader !== undefined && all !== undefined);
      assert.ok(all.uplink * 5 < leader.uplink, `${all.uplink} of ${leader.uplink} bytes`);
      assert.ok(all.tookMs * 2 < leader.tookMs, `${all.tookMs} of ${leader.tookMs} ms`);
      // A vote in each of three phases to each other member, and its part of a proposal: nothing that grows with the quorum.
      const votes = 3 * (members - 1) * COSTS.signatureBytes;
      assert.ok(all.uplink < 1.4 * votes, `${all.uplink} of ${votes} bytes`);
    });
  }
});
