import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toMemberIndex, toView } from '#libs/chain/ids.ts';
import {
  asked,
  blockOn,
  Core,
  certify,
  GENESIS,
  gaveUp,
  proposalOf,
  sent,
  statementsIn,
} from '#test/support/hotstuff/hotstuff-harness.ts';
import type { Proposal } from './message.ts';
import { viewPosition } from './statements.ts';

/** Prepared in view 1, and decided there, of which not everybody heard. */
const LAST = blockOn(GENESIS, 1);
const PREPARED = certify('prepare', LAST);
const DECIDED = certify('commit', LAST);

/** The block proposed again by the leader of view 2. */
const AGAIN: Proposal = {
  ...proposalOf(LAST, PREPARED, gaveUp(1, PREPARED)),
  again: { view: toView(2n), member: toMemberIndex(2) },
};

describe('a view whose only proposal repeats a decided block', () => {
  test('C.5.8: is given up at once, and the decision told', () => {
    const voter = new Core();
    voter.receive(2, AGAIN);
    assert.deepEqual(asked(voter.hold(LAST)), ['prepare 2']);
    const effects = voter.learn(DECIDED);
    assert.deepEqual(asked(effects), ['timeout 2']);
    const [statement] = statementsIn(effects);
    const said = voter.signed(statement ?? assert.fail());
    assert.deepEqual(sent(said), ['timeout all']);
    const [timeout] = said.flatMap((effect) => (effect.kind === 'transmit' ? [effect.message] : []));
    assert.equal(timeout?.kind === 'timeout' && timeout.commit.view, DECIDED.view);
  });

  test('C.5.8: but not one whose new block merely stands on an older certificate', () => {
    const voter = new Core();
    voter.receive(2, proposalOf(blockOn(LAST, 2), PREPARED, gaveUp(1, PREPARED)));
    assert.deepEqual(asked(voter.learn(DECIDED)), []);
  });

  describe('as the leader finds that learns the decision', () => {
    function repeating(): { leader: Core; effects: ReturnType<Core['step']> } {
      const leader = new Core({ me: 2 });
      leader.receive(0, { kind: 'timeout-certificate', timeoutCertificate: gaveUp(1, PREPARED) });
      const effects = leader.step({ kind: 'built', position: viewPosition(toView(2n)), block: LAST });
      return { leader, effects };
    }

    test('C.5.8: after it proposed: it gives the view up', () => {
      const { leader, effects } = repeating();
      leader.signed(statementsIn(effects)[0] ?? assert.fail());
      assert.deepEqual(asked(leader.learn(DECIDED)), ['timeout 2']);
    });

    test('C.5.8: while its proposal is signed: all hear it, so that all give the view up', () => {
      const { leader, effects } = repeating();
      assert.deepEqual(asked(leader.learn(DECIDED)), []);
      const said = leader.signed(statementsIn(effects)[0] ?? assert.fail());
      assert.deepEqual([sent(said), asked(said)], [['proposal all'], ['timeout 2']]);
    });

    test('C.5.8: while the block is made: it proposes it, for the last block of an epoch has no other after it', () => {
      const leader = new Core({ me: 2 });
      leader.receive(0, { kind: 'timeout-certificate', timeoutCertificate: gaveUp(1, PREPARED) });
      leader.learn(DECIDED);
      const effects = leader.step({ kind: 'built', position: viewPosition(toView(2n)), block: LAST });
      assert.deepEqual(asked(effects), ['proposal 2']);
      const said = leader.signed(statementsIn(effects)[0] ?? assert.fail());
      assert.deepEqual([sent(said), asked(said)], [['proposal all'], ['timeout 2']]);
    });
  });
});
