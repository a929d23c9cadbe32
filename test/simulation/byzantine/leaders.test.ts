import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sealBlock } from '#libs/chain/block.ts';
import { toDigest, toHeight, toMemberIndex } from '#libs/chain/ids.ts';
import { certificateFault, genesisRoot } from '#libs/protocol/certificate.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { Federation, transactionsOf } from '#test/support/engine/engine-federation.ts';
import { Cluster } from '#test/support/hotstuff/hotstuff-cluster.ts';
import {
  asked,
  blockOn,
  Core,
  certify,
  GENESIS,
  GENESIS_PREPARE,
  gaveUp,
  proposalOf,
  setOf,
} from '#test/support/hotstuff/hotstuff-harness.ts';
import {
  assertHarmless,
  attacked,
  evidenceAgainst,
  refusals,
  TRAITOR,
  viewsGivenUp,
} from '#test/support/simulation/byzantine-run.ts';

const B1 = blockOn(GENESIS, 1);
const B2 = blockOn(B1, 2);

describe('leaders that lie', () => {
  test('BYZ-02 a block beside the lock gets no vote, and the next leader goes on from the lock', () => {
    const core = new Core();
    core.receiveProposal(B1, GENESIS_PREPARE);
    core.learn(certify('prepare', B1));
    core.learn(certify('pre-commit', B1));
    core.receive(3, { kind: 'timeout-certificate', timeoutCertificate: gaveUp(1, certify('prepare', B1)) });
    const beside = blockOn(GENESIS, 2, { salt: 9 });
    core.receive(2, proposalOf(beside, GENESIS_PREPARE));
    assert.deepEqual(asked(core.hold(beside)), []);
    assert.deepEqual(asked(core.fire('view')), ['timeout 2']);
    const results = attacked({ actors: ['stale-leader'], seeds: 5 });
    assertHarmless(results);
    assert.ok(viewsGivenUp(results).length > 0);
    for (const { leader } of viewsGivenUp(results)) assert.equal(leader, TRAITOR);
  });

  test('BYZ-03 a malformed proposal gets no vote, whatever is wrong with it', () => {
    const core = new Core();
    const { header } = B1;
    const wrong = {
      height: sealBlock({ ...header, height: toHeight(2n) }, []),
      parent: sealBlock({ ...header, parent: toDigest('9'.repeat(64)) }, []),
      epoch: sealBlock({ ...header, epoch: 7n as typeof header.epoch }, []),
    };
    for (const [part, block] of Object.entries(wrong)) {
      assert.equal(core.judge(1, proposalOf(block, GENESIS_PREPARE)), 'invalid', part);
    }
    const proposer = sealBlock({ ...header, proposer: toMemberIndex(2) }, []);
    assert.equal(core.judge(1, proposalOf(proposer, GENESIS_PREPARE)), 'wrong-sender');
    core.receive(1, proposalOf(B1, GENESIS_PREPARE));
    const { digest } = B1;
    const judged = core.step({ kind: 'checked', digest, height: header.height, ok: false });
    assert.deepEqual(asked(judged), []);
    // Wrong roots and bodies: signed well, valid in form, and never decided.
    const results = attacked({ actors: ['invalid-leader'], seeds: 4 });
    assertHarmless(results);
    for (const { leader } of viewsGivenUp(results)) assert.equal(leader, TRAITOR);
    const unsigned = attacked({ actors: ['garbler'] });
    assertHarmless(unsigned);
    assert.ok(refusals(unsigned, 'bad-signature') > 0);
  });

  test('BYZ-04 a proposal to a quorum is decided by all, one to fewer costs the view and nothing else', () => {
    for (const [receivers, decidesAtOnce] of [
      [[0, 2], true],
      [[0], false],
    ] as const) {
      const cluster = new Cluster(4);
      cluster.passes = (from, to, { kind }) =>
        !(from === 1 && kind === 'proposal') || (receivers as readonly number[]).includes(to);
      cluster.lastView = 1n;
      cluster.run();
      assert.deepEqual(cluster.decidedHeights(), decidesAtOnce ? [1, 1, 1, 1] : [0, 0, 0, 0]);
      cluster.passes = () => true;
      cluster.lastView = 2n;
      if (!decidesAtOnce) cluster.giveUp(0, 2, 3);
      for (const { state } of cluster.cores) assert.ok(state.commit.view >= 1n);
    }
    assertHarmless(attacked({ actors: ['selective'] }));
  });

  for (const [kept, kinds] of [
    ['the proposal', ['proposal']],
    ['all of its view but the decision', ['proposal', 'certificate']],
  ] as const) {
    test(`BYZ-04 a member from which the leader keeps ${kept} has the block as soon as the others`, () => {
      const federation = new Federation(4);
      federation.tamper = (from, { to, body }) => {
        const isDecision = body.kind === 'certificate' && body.certificate.kind === 'commit';
        const isKept = from === 1 && !isDecision && kinds.some((kind) => kind === body.kind);
        if (to !== 'all' || !isKept) return [{ to, body }];
        return [0, 2].map((each) => ({ to: toMemberIndex(each), body }));
      };
      federation.submit(0, 'left out');
      for (const member of federation.members) assert.deepEqual(transactionsOf(member), ['left out']);
    });
  }

  test('BYZ-05 a proposal after the timeout comes too late: the view changes, and the old one is refused', () => {
    const core = new Core();
    assert.deepEqual(asked(core.fire('view')), ['timeout 1']);
    assert.equal(core.judge(1, proposalOf(B1, GENESIS_PREPARE)), 'stale');
    core.receive(3, { kind: 'timeout-certificate', timeoutCertificate: gaveUp(1) });
    assert.equal(core.state.view, 2n);
    assert.equal(core.judge(1, proposalOf(B1, GENESIS_PREPARE)), 'stale');
    // A leader that says nothing in time is the same to the others.
    const results = attacked({ actors: ['silent'] });
    assertHarmless(results);
    assert.ok(viewsGivenUp(results).some(({ leader }) => leader === TRAITOR));
  });

  test('BYZ-18 who is not the leader proposes in vain, and reports to the wrong member are not counted', () => {
    const core = new Core({ me: 0 });
    const usurped = sealBlock({ ...B1.header, proposer: toMemberIndex(3) }, []);
    assert.equal(core.judge(3, proposalOf(usurped, GENESIS_PREPARE)), 'wrong-sender');
    const report = { view: core.state.view, high: GENESIS_PREPARE, commit: certify('commit', GENESIS) };
    core.receive(2, { kind: 'new-view', ...report, timeoutCertificate: undefined });
    assert.equal(core.state.newViews.size, 0);
    const results = attacked({ actors: ['usurper'] });
    assertHarmless(results);
    assert.ok(refusals(results, 'wrong-sender') > 0);
  });
});

describe('certificates that prove nothing', () => {
  test('BYZ-24 a certificate with false signatures is refused, and nothing is locked or decided on it', () => {
    const results = attacked({ actors: ['forger'], members: 4, seeds: 4 });
    assertHarmless(results);
    assert.ok(refusals(results, 'bad-signature') > 0);
    assert.ok(refusals(results, 'invalid') > 0);
    // Their sender is muted.
    assert.ok(results.some(({ sightings }) => sightings.muted.has(TRAITOR)));
  });

  test('BYZ-26 a signer that is listed twice makes no quorum', () => {
    const set = setOf(4);
    const root = genesisRoot(GENESIS.digest);
    for (const signers of [
      [0, 0, 0],
      [0, 1, 1],
      [0, 1, 1, 2],
    ]) {
      const fault = certificateFault(certify('prepare', B1, signers), set, root, HOTSTUFF_TABLE);
      assert.equal(fault, 'signers repeated or out of order');
    }
    const core = new Core();
    const certificate = certify('prepare', B1, [0, 1, 1]);
    assert.equal(core.judge(1, { kind: 'certificate', certificate }), 'invalid');
    const leader = new Core({ me: 2 });
    assert.equal(
      leader.judge(3, { kind: 'certificate', certificate: certify('commit', B2, [3, 3, 3]) }),
      'invalid',
    );
  });

  test('BYZ-25 fewer signers than a quorum prove nothing', () => {
    const core = new Core();
    for (const phase of ['prepare', 'pre-commit', 'commit'] as const) {
      assert.equal(
        core.judge(1, { kind: 'certificate', certificate: certify(phase, B1, [0, 1]) }),
        'invalid',
      );
    }
  });
});

test('BYZ-01 two proposals for one view are found out, and at most one of them is decided', () => {
  const results = attacked({ actors: ['equivocator'], seeds: 4 });
  assertHarmless(results);
  assert.deepEqual(evidenceAgainst(results), ['double-proposal']);
});
