import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  blockOn,
  Core,
  certify,
  GENESIS,
  GENESIS_PREPARE,
  gaveUp,
  kinds,
  newViewOf,
  onlyStatement,
  proposalOf,
  TIMING,
} from '#test/support/hotstuff/hotstuff-harness.ts';
import type { HotStuffEffect } from './state.ts';
import { viewPosition } from './statements.ts';
import { viewTimeoutMs } from './timing.ts';

const B1 = blockOn(GENESIS, 1);

function timersSet(effects: readonly HotStuffEffect[]): readonly string[] {
  return effects.flatMap((effect) =>
    effect.kind === 'set-timer' && 'afterMs' in effect ? [`${effect.name} ${effect.afterMs}`] : [],
  );
}

describe('the timeout of a view (HS-30, RULES.md C.5.6)', () => {
  test('grows by half with each view without a commit, up to the cap, and falls back with a commit', () => {
    const core = new Core();
    const seen: number[] = [viewTimeoutMs(core.state)];
    for (let view = 1; view <= 8; view++) {
      core.receive(3, { kind: 'timeout-certificate', timeoutCertificate: gaveUp(view) });
      seen.push(viewTimeoutMs(core.state));
    }
    assert.deepEqual(seen, [1_000, 1_500, 2_250, 3_375, 5_062.5, 7_593.75, 8_000, 8_000, 8_000]);
    core.learn(certify('commit', blockOn(GENESIS, 9)));
    assert.equal(viewTimeoutMs(core.state), TIMING.viewTimeoutMs);
  });

  test('stays at the cap for views far beyond any number of doublings', () => {
    const core = new Core();
    core.receive(3, { kind: 'timeout-certificate', timeoutCertificate: gaveUp(2 ** 40) });
    assert.equal(viewTimeoutMs(core.state), TIMING.viewTimeoutMsMax);
  });

  test('is the same after a restart: it follows from proofs', () => {
    const core = new Core();
    core.receive(3, { kind: 'timeout-certificate', timeoutCertificate: gaveUp(4) });
    const again = new Core({ restored: core.record });
    assert.equal(viewTimeoutMs(again.state), viewTimeoutMs(core.state));
  });
});

describe('timers (RULES.md C.5.7)', () => {
  test('rest while there is nothing to decide', () => {
    const core = new Core({ work: false });
    assert.equal(
      core.effects.some(({ kind }) => kind === 'set-timer'),
      false,
    );
  });

  test('start with work and stop without', () => {
    const core = new Core({ work: false });
    assert.deepEqual(timersSet(core.step({ kind: 'work', pending: true })), ['view 1000', 'resend 500']);
    assert.deepEqual(kinds(core.step({ kind: 'work', pending: true })), []);
    assert.deepEqual(kinds(core.step({ kind: 'work', pending: false })), ['cancel-timer', 'cancel-timer']);
  });

  test('run for a proposal, and for a prepared block that is not decided, also without work', () => {
    const core = new Core({ work: false });
    assert.notDeepEqual(timersSet(core.receive(1, proposalOf(B1, GENESIS_PREPARE))), []);
    const other = new Core({ work: false });
    assert.notDeepEqual(timersSet(other.learn(certify('prepare', B1))), []);
    const third = new Core({ work: false });
    third.receive(3, newViewOf(1, { high: certify('prepare', B1) }));
    assert.equal(third.state.timerRuns, true);
  });

  test('stop with the last decision', () => {
    const core = new Core({ work: false });
    core.receiveProposal(B1, GENESIS_PREPARE);
    core.learn(certify('prepare', B1));
    core.learn(certify('commit', B1));
    assert.equal(core.state.timerRuns, false);
  });

  test('after giving up only the resend runs', () => {
    const core = new Core();
    core.receive(1, proposalOf(B1, GENESIS_PREPARE));
    core.signed(onlyStatement(core.fire('view')));
    assert.deepEqual(timersSet(core.fire('resend')), ['resend 500']);
    assert.deepEqual(kinds(core.fire('view')), []);
  });

  test('F-70: end once the timeout is told and nothing is awaited, and start again with work or a prepared block', () => {
    const core = new Core({ work: false });
    core.receive(1, proposalOf(B1, GENESIS_PREPARE));
    const statement = onlyStatement(core.fire('view'));
    assert.equal(core.state.timerRuns, true, 'its timeout is not signed yet');
    core.signed(statement);
    assert.equal(core.state.timerRuns, false);
    core.step({ kind: 'work', pending: true });
    assert.deepEqual(timersSet(core.fire('resend')), ['resend 500']);
    core.step({ kind: 'work', pending: false });
    core.receive(2, newViewOf(1, { high: certify('prepare', B1) }));
    assert.equal(core.state.timerRuns, true, 'a block is prepared and not decided');
  });

  test('of a view that is over do nothing', () => {
    const core = new Core();
    const { view } = core.state;
    core.receive(3, { kind: 'timeout-certificate', timeoutCertificate: gaveUp(1) });
    assert.deepEqual(kinds(core.step({ kind: 'timer', name: 'view', position: viewPosition(view) })), []);
  });
});
