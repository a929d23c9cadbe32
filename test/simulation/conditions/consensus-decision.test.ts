import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RANGE_BYTES_MAX } from '#libs/engine/ports/range-limits.ts';
import { quorumOf } from '#libs/protocol/quorum.ts';
import { hasQuorum } from '#libs/protocol/validator-set.ts';
import { hotStuffCodec } from '#libs/simulation/hotstuff/nodes/hosted-hotstuff.ts';
import type { Plan } from '#libs/simulation/plan/plan.ts';
import { WIRE_LIMITS } from '#libs/wire/limits.ts';
import { Cluster } from '#test/support/hotstuff/hotstuff-cluster.ts';
import { blockOn, GENESIS, setOf, voteOf } from '#test/support/hotstuff/hotstuff-harness.ts';
import { assertHarmless, attacked, refusals } from '#test/support/simulation/byzantine-run.ts';

/** Runs without liars. */
function honest(change: Partial<Plan>, { members = 5, seeds = 3 } = {}) {
  return attacked({ actors: [], members, seeds, adjust: (plan) => ({ ...plan, ...change }) });
}

test('A5-02 fewer than a third may lie: 170 of 512, and any two quorums share an honest member', () => {
  assert.equal(quorumOf(512n).faultyWeightMax, 170n);
  assert.equal(quorumOf(512n).commitWeight, 342n);
  for (let members = 4n; members <= 512n; members++) {
    const { commitWeight, faultyWeightMax, oneHonestWeight } = quorumOf(members);
    assert.ok(3n * faultyWeightMax < members);
    assert.ok(3n * (faultyWeightMax + 1n) >= members);
    assert.ok(2n * commitWeight - members > faultyWeightMax);
    assert.equal(members - faultyWeightMax, commitWeight);
    assert.equal(oneHonestWeight, faultyWeightMax + 1n);
  }
  for (const [members, quorum] of [
    [4, 3],
    [6, 5],
    [64, 43],
    [512, 342],
  ] as const) {
    const set = setOf(members);
    const first = (count: number) => set.members.slice(0, count).map(({ index }) => index);
    assert.equal(hasQuorum(set, first(quorum)), true);
    assert.equal(hasQuorum(set, first(quorum - 1)), false, `${quorum - 1} of ${members}`);
  }
});

test('A5-03 messages of a view grow with the number of members, not with its square', () => {
  const perMember = [4, 16, 64].map((members) => {
    const cluster = new Cluster(members);
    cluster.lastView = 4n;
    let messages = 0;
    cluster.passes = (_from, _to, message) => {
      const view = message.kind === 'proposal' ? message.block.header.view : 0n;
      if (message.kind !== 'new-view' || view > 0n) messages += 1;
      return true;
    };
    cluster.run();
    assert.equal(cluster.decided[0]?.length, 4);
    return messages / 4 / members;
  });
  // Four from the leader to each, three votes of each.
  for (const each of perMember) assert.ok(each > 4 && each <= 8, perMember.join(' '));
});

test('A5-04 what is final stays final, decided by its own three phases and nothing less', () => {
  const cluster = new Cluster(5);
  const phases: string[] = [];
  cluster.lastView = 1n;
  cluster.passes = (_from, to, message) => {
    if (message.kind === 'certificate' && to === 0) {
      phases.push(`${message.certificate.kind} ${cluster.decided[0]?.length}`);
    }
    return true;
  };
  cluster.run();
  assert.deepEqual(phases, ['prepare 0', 'pre-commit 0', 'commit 0']);
  assert.equal(cluster.decided[0]?.length, 1);
  // No height is ever decided twice: checked at every block of every member (libs/simulation/README.md S1).
  assertHarmless(attacked({ actors: ['equivocator'], seeds: 10, network: 'drawn' }));
});

test('F-64: A5-07 with five of seven online, two that come and go, blocks come in more than 99 % of the seconds of two minutes of virtual time', () => {
  // More than a hundred, so that one per cent is a second that may be missed.
  const seconds = 120;
  const broken = [1, 4].map((member) => ({ member: member as never, how: 'flapping' as const, fromMs: 0 }));
  const [result] = honest({ broken, gstMs: seconds * 1_000 }, { members: 7, seeds: 1 });
  assert.ok(result !== undefined);
  assertHarmless([result]);
  const decided = new Set<number>();
  for (const line of result.trace) {
    const match = /^(?<ms>\d+) 0 view \d+ leader \d+$/.exec(line);
    if (match?.groups !== undefined) decided.add(Math.floor(Number(match.groups['ms']) / 1_000));
  }
  const share = [...decided].filter((second) => second < seconds).length / seconds;
  assert.ok(share > 0.99, `${share}`);
});

test('A5-08 each member leads in its turn', () => {
  for (const members of [4, 5, 7]) {
    const cluster = new Cluster(members);
    cluster.lastView = BigInt(2 * members);
    const proposers: number[] = [];
    cluster.passes = (from, _to, { kind }) => {
      if (kind === 'proposal' && proposers.at(-1) !== from) proposers.push(from);
      return true;
    };
    cluster.run();
    // Views 1 to 2n: each member proposes twice, one after the other.
    const turns = Array.from({ length: 2 * members }, (_, at) => (at + 1) % members);
    assert.deepEqual(proposers, turns);
    for (const { effects } of cluster.cores) {
      const told = effects.flatMap((each) => (each.kind === 'entered' ? [each.leader] : []));
      assert.deepEqual(told.slice(0, 2 * members), turns);
    }
  }
});

test('A5-09 however late messages are before the network settles, blocks come after it', () => {
  const delay = { minMs: 100, maxMs: 1_500, tailRate: 0.2, tailMs: 4_000 };
  const results = honest({ delay, gstMs: 4_000 }, { seeds: 6 });
  assertHarmless(results);
  for (const { recoveryMs } of results) assert.ok((recoveryMs ?? Number.POSITIVE_INFINITY) < 10_000);
});

describe('A5-10 when more than a third is cut off', () => {
  for (const [members, groups] of [
    [4, [0, 0, 1, 1]],
    [5, [0, 0, 1, 1, 1]],
    [7, [0, 0, 0, 1, 1, 1, 1]],
  ] as const) {
    test(`of ${members} members, nothing is decided and nothing forks, and all goes on afterwards`, () => {
      const partition = { fromMs: 0, untilMs: 3_000, groups, isOneWay: false };
      const results = honest({ partitions: [partition], gstMs: 3_000 }, { members });
      assertHarmless(results);
      for (const { heightAtGst } of results) assert.equal(heightAtGst, 0);
    });
  }

  test('a third or less does not stop the others', () => {
    const partition = { fromMs: 0, untilMs: 3_000, groups: [0, 0, 0, 0, 1], isOneWay: false };
    for (const { heightAtGst } of honest({ partitions: [partition], gstMs: 3_000 }))
      assert.ok(heightAtGst > 5);
  });
});

test('A5-11 a member that comes back has the whole chain, whatever a lying peer answers', () => {
  const crashes = [{ instance: 3, atMs: 300, effects: 1, isAfter: true, downMs: 2_500 }];
  const results = attacked({
    actors: ['sync-liar'],
    seeds: 4,
    adjust: (plan) => ({ ...plan, crashes, gstMs: 4_000 }),
  });
  assertHarmless(results);
  for (const { trace, recoveryMs } of results) {
    assert.ok(trace.some((line) => / 3 crash after/.test(line)));
    assert.ok(trace.filter((line) => / 3 start$/.test(line)).length > 1);
    assert.ok(recoveryMs !== undefined);
  }
});

test('A5-12 a vote is a signature: without one, or with another, it is refused', () => {
  const vote = voteOf(2, 'prepare', blockOn(GENESIS, 1));
  const unsigned = hotStuffCodec.encode({ ...vote, signature: new Uint8Array() });
  assert.deepEqual(hotStuffCodec.decode(unsigned).ok, false);
  const results = attacked({ actors: ['garbler'] });
  assertHarmless(results);
  assert.ok(refusals(results, 'bad-signature') > 0);
});

test('A5-15 a certificate of 342 signatures of the scheme fits into a message beside a range of blocks, and four of it into none', () => {
  const signatureBytes = 29_792;
  const certificateBytes = 342 * signatureBytes;
  assert.equal(Math.round(certificateBytes / 10_000) / 100, 10.19);
  assert.ok(certificateBytes + RANGE_BYTES_MAX < WIRE_LIMITS.messageBytesMax);
  assert.ok(signatureBytes <= WIRE_LIMITS.signatureBytesMax);
  assert.ok(4 * certificateBytes > WIRE_LIMITS.messageBytesMax);
});
