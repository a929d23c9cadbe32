import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { GENESIS } from '#test/support/hotstuff/hotstuff-harness.ts';
import {
  askedFor,
  certifiedIn,
  effectKinds,
  leftIn,
  messagesIn,
  RoundsCore,
  roundBlock,
  roundLeave,
  saidIn,
  statementsOf,
} from '#test/support/rounds/rounds-harness.ts';

const B1 = roundBlock(GENESIS);

/** Member 2, which prepared B1 in view 0. */
function prepared(): RoundsCore {
  const core = new RoundsCore({ me: 2 });
  core.signAll(core.propose(B1));
  core.signAll(core.votes('prepare', B1, [0, 1]));
  assert.equal(core.at.prepared?.digest, B1.digest);
  return core;
}

describe('a view that is given up', () => {
  test('is left by a statement that reports the highest prepared certificate, and carries it', () => {
    const core = prepared();
    const effects = core.fire('round');
    const [statement] = statementsOf(effects);
    assert.deepEqual(statement?.reports, [{ instance: 1n, view: 0n, digest: B1.digest }]);
    const [leave] = messagesIn(core.signAll(effects));
    assert.ok(leave?.kind === 'leave');
    assert.equal(leave.prepared?.digest, B1.digest);
    assert.deepEqual(core.record.left?.prepared, core.at.prepared);
  });

  test('reports nothing where nothing was prepared', () => {
    const core = new RoundsCore({ me: 2 });
    core.propose(B1);
    const [statement] = statementsOf(core.fire('round'));
    assert.deepEqual([statement?.kind, statement?.reports], ['view-change', []]);
  });

  test('is left once, and not entered again: the next begins with a quorum that left', () => {
    const core = new RoundsCore({ me: 2 });
    core.signAll(core.fire('round'));
    assert.deepEqual(askedFor(core.fire('round')), []);
    assert.deepEqual([core.at.view, core.at.left?.view], [0n, 0n]);
    core.receive(1, roundLeave(1));
    assert.equal(core.at.view, 0n);
    const effects = core.receive(3, roundLeave(3));
    assert.equal(core.at.view, 1n);
    const [entered] = effects.flatMap((each) => (each.kind === 'entered' ? [each] : []));
    assert.deepEqual([entered?.cause, entered?.leader, core.at.entered?.view], ['leave', 1, 0n]);
    assert.equal(effectKinds(effects).indexOf('persist') < effectKinds(effects).indexOf('entered'), true);
  });

  test('keeps what was prepared, also in the views after it', () => {
    const core = prepared();
    core.receive(1, { kind: 'left', leave: leftIn(0) });
    core.receive(1, { kind: 'left', leave: leftIn(1) });
    assert.deepEqual([core.at.view, core.at.prepared?.view, core.record.prepared?.view], [2n, 0n, 0n]);
    const [statement] = statementsOf(core.fire('round'));
    assert.deepEqual(statement?.reports, [{ instance: 1n, view: 0n, digest: B1.digest }]);
  });

  test('is joined by this member when more than f left it, and not by fewer', () => {
    const core = new RoundsCore({ me: 2, work: false });
    assert.deepEqual(askedFor(core.receive(1, roundLeave(1))), []);
    assert.deepEqual(askedFor(core.receive(3, roundLeave(3))), ['view-change 1/0']);
  });

  test('is left by each member once: one that says so twice counts once', () => {
    const core = new RoundsCore({ me: 2 });
    core.receive(1, roundLeave(1));
    assert.equal(core.judge(1, roundLeave(1)), 'duplicate');
    assert.equal(core.judge(3, roundLeave(1)), 'wrong-sender');
    assert.equal(core.at.view, 0n);
  });
});

describe('the certificate of a view that a quorum left', () => {
  test('has the highest certificate that was reported, whoever reported it', () => {
    const core = new RoundsCore({ me: 2 });
    core.receive(1, roundLeave(1, { prepared: certifiedIn('prepare', B1) }));
    core.signAll(core.receive(3, roundLeave(3)));
    assert.deepEqual([core.at.entered?.high?.digest, core.at.entered?.high?.view], [B1.digest, 0n]);
    assert.deepEqual(
      core.at.entered?.shares.map(({ member, reports }) => [member, reports.length]),
      [
        [1, 1],
        [2, 0],
        [3, 0],
      ],
    );
  });

  test('has the highest of several reports, whichever comes first', () => {
    const second = roundBlock(GENESIS, 1);
    const reports = [certifiedIn('prepare', B1), certifiedIn('prepare', second)];
    for (const [first, other] of [reports, reports.toReversed()]) {
      const core = new RoundsCore({ me: 2 });
      core.receive(0, { kind: 'left', leave: leftIn(1) });
      core.receive(0, roundLeave(0, { view: 2, prepared: first, entry: leftIn(1) }));
      core.receive(1, roundLeave(1, { view: 2, prepared: other, entry: leftIn(1) }));
      core.receive(3, roundLeave(3, { view: 2, entry: leftIn(1) }));
      assert.deepEqual([core.at.view, core.at.entered?.high?.view], [3n, 1n]);
    }
  });

  test('teaches it to all: each reports it from then on, once it holds the block', () => {
    const core = new RoundsCore({ me: 2 });
    core.receive(1, { kind: 'left', leave: leftIn(0, certifiedIn('prepare', B1)) });
    const digests = [core.at.prepared?.digest];
    core.judged(B1);
    digests.push(core.at.prepared?.digest);
    assert.deepEqual(digests, [undefined, B1.digest]);
  });

  test('brings a member that lags to the view after it, and an older one changes nothing', () => {
    const core = new RoundsCore({ me: 2 });
    core.receive(1, { kind: 'left', leave: leftIn(4) });
    assert.equal(core.at.view, 5n);
    assert.equal(core.judge(1, { kind: 'left', leave: leftIn(3) }), 'stale');
  });
});

describe('a leave of a later view', () => {
  test('brings its proof, or is refused: nobody follows a view that no quorum began', () => {
    const core = new RoundsCore({ me: 2 });
    assert.equal(core.judge(1, roundLeave(1, { view: 3 })), 'far-future');
    assert.equal(core.judge(1, roundLeave(1, { view: 3, entry: leftIn(1) })), 'far-future');
    core.receive(1, roundLeave(1, { view: 3, entry: leftIn(2) }));
    assert.deepEqual([core.at.view, core.at.leaves.size], [3n, 1]);
  });

  test('may be proved by a certificate that was prepared in it', () => {
    const core = new RoundsCore({ me: 2 });
    const second = roundBlock(GENESIS, 1);
    core.receive(1, roundLeave(1, { view: 1, prepared: certifiedIn('prepare', second) }));
    assert.deepEqual([core.at.view, core.at.leaves.size], [1n, 1]);
  });
});

describe('a report', () => {
  const core = new RoundsCore({ me: 2 });
  const judge = (choices: Parameters<typeof roundLeave>[1]) => core.judge(1, roundLeave(1, choices));
  const good = certifiedIn('prepare', B1);

  test('is of a prepared certificate of its height and of no later view, whole and of a quorum', () => {
    assert.equal(judge({ prepared: good }), 'ok');
    assert.equal(judge({ prepared: certifiedIn('commit', B1) }), 'invalid');
    assert.equal(judge({ prepared: certifiedIn('prepare', B1, { view: 1 }) }), 'invalid');
    assert.equal(judge({ prepared: certifiedIn('prepare', B1, { signers: [0, 1] }) }), 'invalid');
    assert.equal(judge({ prepared: certifiedIn('prepare', B1, { signers: [0, 1, 1] }) }), 'invalid');
    assert.equal(judge({ prepared: certifiedIn('prepare', roundBlock(B1)) }), 'invalid');
  });

  test('comes with the proof of an earlier view, or none', () => {
    assert.equal(judge({ entry: leftIn(0) }), 'invalid');
    assert.equal(judge({ entry: leftIn(1, undefined, 2n) }), 'invalid');
  });

  test('goes out again with each repetition', () => {
    const leaving = new RoundsCore({ me: 2 });
    leaving.signAll(leaving.fire('round'));
    assert.deepEqual(
      saidIn(leaving.fire('resend')).filter((each) => each === 'leave all'),
      ['leave all'],
    );
  });
});
