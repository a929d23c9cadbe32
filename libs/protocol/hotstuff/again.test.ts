import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import {
  asked,
  blockOn,
  Core,
  certify,
  GENESIS,
  GENESIS_PREPARE,
  gaveUp,
  proposalOf,
  sent,
  statementsIn,
} from '#test/support/hotstuff/hotstuff-harness.ts';
import { hotStuffClaims } from './claims.ts';
import type { Proposal } from './message.ts';
import { blockStatement, viewPosition } from './statements.ts';

const LAST = blockOn(GENESIS, 1);
const PREPARED = certify('prepare', LAST);

/** The last block of an epoch, prepared in view 1 and proposed again in a later view by its leader. */
function again(view: number, change: Partial<Proposal> = {}): Proposal {
  const repeat = { view: toView(BigInt(view)), member: toMemberIndex(view % 4) };
  return { ...proposalOf(LAST, PREPARED, gaveUp(view - 1, PREPARED)), again: repeat, ...change };
}

describe('a block that nothing may extend is proposed again', () => {
  test('by a leader that is given it back: recorded and signed for the new view', () => {
    const leader = new Core({ me: 2 });
    leader.receive(0, { kind: 'timeout-certificate', timeoutCertificate: gaveUp(1, PREPARED) });
    const effects = leader.step({ kind: 'built', position: viewPosition(toView(2n)), block: LAST });
    assert.deepEqual(asked(effects), ['proposal 2', 'prepare 2']);
    assert.equal(leader.record.proposed?.view, 2n);
    const [proposal] = statementsIn(effects);
    const said = leader.signed(proposal ?? assert.fail());
    assert.deepEqual(sent(said), ['proposal all']);
    const [message] = said.flatMap((effect) => (effect.kind === 'transmit' ? [effect.message] : []));
    assert.equal(new Core({ me: 0 }).judge(2, message ?? assert.fail()), 'ok');
  });

  test('and voted for in the new view, whether its block is known to be valid or not', () => {
    const voter = new Core();
    voter.receive(2, again(2));
    assert.deepEqual(asked(voter.hold(LAST)), ['prepare 2']);
    const knowing = new Core();
    knowing.receiveProposal(LAST, GENESIS_PREPARE);
    assert.deepEqual(asked(knowing.receive(2, again(2))), ['prepare 2']);
  });

  test('until a certificate of any view decides it', () => {
    const core = new Core();
    const decided = { ...certify('commit', LAST), view: toView(3n) };
    const effects = core.learn(decided);
    assert.ok(effects.some(({ kind }) => kind === 'commit'));
    assert.equal(core.state.view, 4n);
  });

  test('also by who is locked on it, not against a newer lock on another block', () => {
    const locked = new Core();
    locked.receiveProposal(LAST, GENESIS_PREPARE);
    locked.learn(certify('pre-commit', LAST));
    assert.deepEqual(asked(locked.receive(2, again(2))), ['prepare 2']);
    const other = new Core();
    other.learn(certify('pre-commit', blockOn(GENESIS, 2, { salt: 1 })));
    other.receive(3, again(3, { timeoutCertificate: undefined }));
    assert.deepEqual(asked(other.hold(LAST)), []);
  });

  describe('only while it is undecided', () => {
    const decided = certify('commit', LAST);

    test('F-13: a leader that says it of a decided block is refused, and shown the decision', () => {
      const core = new Core();
      core.learn(decided);
      assert.equal(core.judge(3, again(3)), 'stale');
      const told = core.offer(3, again(3)).flatMap((effect) => (effect.kind === 'transmit' ? [effect] : []));
      assert.deepEqual(
        told.map(({ to, message }) => [to, message]),
        [[3, { kind: 'certificate', certificate: decided }]],
      );
    });

    test('F-13: nor is a block below the newest decision voted for, whatever is shown with it', () => {
      const repeat = { view: toView(3n), member: toMemberIndex(3) };
      const genesis = { ...proposalOf(GENESIS, GENESIS_PREPARE), again: repeat };
      for (const proposal of [again(3), genesis]) {
        const core = new Core();
        core.learn(certify('commit', blockOn(LAST, 2)));
        assert.equal(core.judge(3, proposal), 'ok');
        assert.deepEqual(asked(core.receive(3, proposal)), ['timeout 3']);
        assert.deepEqual(asked(core.hold(LAST)), []);
      }
    });

    test('F-13: a proposal that came before the decision is not voted for after it', () => {
      const core = new Core();
      core.receive(2, again(2, { timeoutCertificate: undefined }));
      assert.equal(core.state.view, 1n);
      core.learn(decided);
      assert.equal(core.state.view, 2n);
      assert.deepEqual(asked(core.hold(LAST)), []);
    });

    test('F-13: nor one whose block is being checked when the decision comes', () => {
      const core = new Core();
      core.receive(2, again(2));
      core.learn(decided);
      assert.equal(core.state.view, 2n);
      assert.deepEqual(asked(core.hold(LAST)), []);
    });

    test('F-13: a block above the decision is, whoever knows of that', () => {
      const core = new Core();
      core.learn(decided);
      const next = blockOn(LAST, 2);
      const prepared = certify('prepare', next);
      const repeat = { view: toView(3n), member: toMemberIndex(3) };
      core.receive(3, { ...proposalOf(next, prepared, gaveUp(2, prepared)), again: repeat });
      assert.deepEqual(asked(core.hold(next)), ['prepare 3']);
    });
  });

  const REFUSED: readonly (readonly [string, number, Proposal, string])[] = [
    ['by another than its leader', 3, again(2), 'wrong-sender'],
    [
      'in the name of another',
      2,
      again(2, { again: { view: toView(2n), member: toMemberIndex(1) } }),
      'wrong-sender',
    ],
    ['in the view of its own certificate', 1, again(1, { timeoutCertificate: undefined }), 'invalid'],
    ['on the certificate of its parent', 2, again(2, { justify: GENESIS_PREPARE }), 'invalid'],
    ['on a certificate of another phase', 2, again(2, { justify: certify('commit', LAST) }), 'invalid'],
    ['on too few signatures', 2, again(2, { justify: certify('prepare', LAST, [0, 1]) }), 'invalid'],
    ['as if it were new', 2, again(2, { again: undefined }), 'wrong-sender'],
  ];
  for (const [name, from, proposal, cause] of REFUSED) {
    test(`is refused: ${name}`, () => assert.equal(new Core().judge(from, proposal), cause));
  }

  test('is claimed by its leader, for the view of the proposal (RULES.md A.4)', () => {
    const [claim] = hotStuffClaims(again(3));
    assert.equal(claim?.member, 3);
    assert.deepEqual(
      claim?.statement,
      blockStatement('proposal', toView(3n), { height: toHeight(1n), digest: LAST.digest }),
    );
  });
});

describe('an epoch that does not start from genesis', () => {
  const root = { view: LAST.header.view, height: LAST.header.height, digest: LAST.digest };
  const next = blockOn(LAST, 2);

  test('starts above the view of its root, which is final and no lock', () => {
    const core = new Core({ root, me: 2 });
    assert.equal(core.state.view, 2n);
    assert.equal(core.state.locked, undefined);
    const effects = core.step({ kind: 'built', position: viewPosition(toView(2n)), block: next });
    assert.deepEqual(asked(effects), ['proposal 2', 'prepare 2']);
  });

  test('believes a certificate of its root without signatures, and no other (RULES.md A.5, A.22)', () => {
    const core = new Core({ root });
    const unsigned = { ...PREPARED, signatures: [] };
    assert.equal(core.judge(2, proposalOf(next, unsigned)), 'ok');
    assert.equal(core.judge(2, proposalOf(next, PREPARED)), 'invalid');
    assert.equal(core.judge(2, proposalOf(next, { ...unsigned, height: next.header.height })), 'invalid');
    assert.equal(core.judge(2, proposalOf(blockOn(GENESIS, 2), GENESIS_PREPARE)), 'invalid');
  });

  test('learns nothing from what is at or below its root', () => {
    const core = new Core({ root });
    assert.equal(core.judge(0, { kind: 'certificate', certificate: PREPARED }), 'stale');
    assert.equal(core.judge(0, { kind: 'certificate', certificate: certify('pre-commit', LAST) }), 'stale');
    assert.equal(core.judge(0, { kind: 'certificate', certificate: certify('commit', LAST) }), 'stale');
  });
});
