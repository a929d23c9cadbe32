import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Cluster } from '#test/support/hotstuff/hotstuff-cluster.ts';
import { VOTE_PATHS } from '../vote-path.ts';
import type { HotStuffMessage } from './message.ts';

function isCertificate(message: HotStuffMessage, phase: string): boolean {
  return message.kind === 'certificate' && message.certificate.kind === phase;
}

for (const votePath of VOTE_PATHS) {
  describe(`a federation of HotStuff cores, votes to ${votePath}`, () => {
    for (const members of [1, 2, 3, 4, 5, 6, 7]) {
      test(`of ${members} decides one block in each view by its own certificate, the same everywhere, without a timeout (HS-01, HS-38)`, () => {
        const cluster = new Cluster(members, votePath);
        cluster.lastView = 10n;
        cluster.run();
        const [first] = cluster.decided;
        assert.equal(first?.length, 10);
        for (const decided of cluster.decided) assert.deepEqual(decided, first);
        for (const core of cluster.cores) assert.equal(core.state.timedOutViews, 0n);
      });
    }

    test('decides although one member misses the proposal and another is silent (RULES.md A.11)', () => {
      const cluster = new Cluster(7, votePath);
      cluster.lastView = 1n;
      cluster.passes = (from, to, { kind }) => from !== 3 && to !== 3 && !(kind === 'proposal' && to === 2);
      cluster.run();
      assert.deepEqual(
        cluster.decided.map(({ length }) => length),
        [1, 1, 1, 0, 1, 1, 1],
      );
    });

    test('the last timeout reaches one member only: its timeout certificate brings the others along (RULES.md A.38)', () => {
      const cluster = new Cluster(4, votePath);
      cluster.lastView = 0n;
      cluster.run();
      cluster.passes = (_from, to, { kind }) => kind === 'timeout' && to === 2;
      cluster.giveUp(0, 1, 3);
      assert.equal(cluster.core(2).state.view, 2n);
      assert.equal(cluster.core(0).state.view, 1n);
      cluster.passes = () => true;
      cluster.resend(0, 1, 3);
      for (const core of cluster.cores) assert.equal(core.state.view, 2n);
    });
  });
}

describe('a federation of HotStuff cores, votes to the leader', () => {
  test('sends in a view to and from the leader only: no member tells the others (HS-18)', () => {
    const cluster = new Cluster(4);
    const between: string[] = [];
    cluster.lastView = 1n;
    cluster.passes = (from, to, message) => {
      if (from !== 1 && to !== 1 && message.kind !== 'new-view') between.push(message.kind);
      return true;
    };
    cluster.run();
    assert.deepEqual(between, []);
  });

  test('a hidden lock is found by the next honest leader, whose view decides (RULES.md A.33)', () => {
    const cluster = new Cluster(4);
    cluster.lastView = 2n;
    // Leader 1 is Byzantine: it shows the pre-commit certificate to member 0 alone, then falls silent.
    cluster.passes = (from, to, message) => {
      if (isCertificate(message, 'pre-commit')) return to === 0;
      return from !== 1 || !isCertificate(message, 'commit');
    };
    cluster.run();
    const lock = cluster.core(0).state.locked;
    assert.equal(lock?.view, 1n);
    assert.equal(cluster.core(2).state.locked, undefined);
    cluster.passes = (from, to) => from !== 1 && to !== 1;
    cluster.giveUp(0, 2, 3);
    for (const at of [0, 2, 3]) {
      assert.equal(cluster.decided[at]?.length, 1, `member ${at} decides in view 2`);
      assert.equal(cluster.core(at).state.commit.view, 2n);
      assert.equal(cluster.core(at).state.commit.height, 2n, 'on top of the locked block');
    }
  });

  test('a decision that others missed is told to them when they give its view up', () => {
    const cluster = new Cluster(4);
    cluster.lastView = 1n;
    cluster.passes = (_from, to, message) => !isCertificate(message, 'commit') || to === 0;
    cluster.run();
    assert.deepEqual(
      cluster.decided.map(({ length }) => length),
      [1, 1, 0, 0],
    );
    cluster.passes = () => true;
    cluster.giveUp(2, 3);
    for (const decided of cluster.decided) assert.equal(decided.length, 1);
  });
});
