import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toMemberIndex, toView } from '#libs/chain/ids.ts';
import {
  blockOn,
  Core,
  certify,
  GENESIS,
  GENESIS_PREPARE,
  gaveUp,
  kinds,
  onlyStatement,
  proposalOf,
  timeoutOf,
} from '#test/support/hotstuff/hotstuff-harness.ts';
import type { HotStuffEffect } from './state.ts';

const B1 = blockOn(GENESIS, 1);

/** The failures that are told, as "view leader cause", and whether there was a proposal. */
function failures(effects: readonly HotStuffEffect[]): readonly (readonly [string, boolean | undefined])[] {
  return effects.flatMap((each) => {
    if (each.kind !== 'failed') return [];
    const { position, leader, cause, isProposed } = each.failure;
    assert.equal(position.instance, 0n);
    return [[`${position.view} ${leader} ${cause}`, isProposed] as const];
  });
}

describe('TW-2.9.2 a view that fails', () => {
  test('is told as one that timed out here, without a proposal where none was taken in', () => {
    assert.deepEqual(failures(new Core().fire('view')), [['1 1 timeout', false]]);
  });

  test('is told with a proposal where one was taken in, also before its block was judged', () => {
    const core = new Core();
    core.receive(1, proposalOf(B1, GENESIS_PREPARE));
    assert.deepEqual(failures(core.fire('view')), [['1 1 timeout', true]]);
  });

  test('is told with a proposal where none came, but a quorum voted for one', () => {
    const core = new Core();
    core.learn(certify('prepare', B1));
    assert.deepEqual(failures(core.fire('view')), [['1 1 timeout', true]]);
  });

  test('is told as one that was joined, by the timeout that makes it more than f, and not by f', () => {
    const core = new Core();
    assert.deepEqual(failures(core.receive(2, timeoutOf(2, 1))), []);
    assert.deepEqual(failures(core.receive(3, timeoutOf(3, 1))), [['1 1 joined', false]]);
  });

  test('leaves open whether there was a proposal in a view that is entered to join those who leave it', () => {
    const core = new Core();
    core.receive(2, timeoutOf(2, 4));
    assert.deepEqual(failures(core.receive(3, timeoutOf(3, 4))), [['4 0 joined', undefined]]);
  });

  test('is told before its record, and once: not by a second end of the timer, nor by the quorum that leaves', () => {
    const core = new Core();
    const effects = core.fire('view');
    assert.deepEqual(kinds(effects).slice(0, 2), ['failed', 'sign']);
    core.signed(onlyStatement(effects));
    core.receive(2, timeoutOf(2, 1));
    assert.deepEqual(failures(core.receive(3, timeoutOf(3, 1))), []);
    assert.equal(core.state.view, 2n);
    assert.equal(failures(core.effects).length, 1);
  });

  test('is told as certified where a quorum gave it up and this member did not', () => {
    const core = new Core();
    const timeoutCertificate = gaveUp(1);
    const effects = core.receive(3, { kind: 'timeout-certificate', timeoutCertificate });
    assert.deepEqual(failures(effects), [['1 1 certificate', false]]);
    assert.equal(core.state.view, 2n);
  });

  test('leaves open whether there was a proposal in a view that this member was not in', () => {
    const core = new Core();
    const timeoutCertificate = gaveUp(3);
    assert.deepEqual(failures(core.receive(3, { kind: 'timeout-certificate', timeoutCertificate })), [
      ['3 3 certificate', undefined],
    ]);
  });

  test('is told with a proposal that came before its view did', () => {
    const core = new Core();
    core.receive(2, proposalOf(blockOn(B1, 2), certify('prepare', B1)));
    assert.equal(core.state.view, 1n);
    const timeoutCertificate = gaveUp(2);
    assert.deepEqual(failures(core.receive(3, { kind: 'timeout-certificate', timeoutCertificate })), [
      ['2 2 certificate', true],
    ]);
  });

  test('leaves it open after a restart in the view, and tells no cause of a timeout from before it', () => {
    const core = new Core();
    core.receiveProposal(B1, GENESIS_PREPARE);
    const restarted = new Core({ restored: core.record });
    assert.deepEqual(failures(restarted.fire('view')), [['1 1 timeout', undefined]]);
    const again = new Core({ restored: restarted.record });
    const timeoutCertificate = gaveUp(1);
    assert.deepEqual(failures(again.receive(3, { kind: 'timeout-certificate', timeoutCertificate })), []);
    assert.equal(again.state.view, 2n);
    assert.deepEqual(failures(again.fire('view')), [['2 2 timeout', false]]);
  });

  test('C.5.8: is told as spent where its only proposal repeats a decided block', () => {
    const prepared = certify('prepare', B1);
    const core = new Core();
    const again = { view: toView(2n), member: toMemberIndex(2) };
    core.receive(2, { ...proposalOf(B1, prepared, gaveUp(1, prepared)), again });
    assert.deepEqual(failures(core.learn(certify('commit', B1))), [['2 2 spent', true]]);
  });

  test('is none where the view decides', () => {
    const core = new Core();
    core.learn(certify('commit', B1));
    assert.deepEqual([core.state.view, failures(core.effects)], [2n, []]);
  });
});
