import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { HEADER_EXTENSIONS } from '#libs/chain/header-extensions.ts';
import { GENESIS } from '#test/support/hotstuff/hotstuff-harness.ts';
import { RoundsCore, roundBlock } from '#test/support/rounds/rounds-harness.ts';
import { host } from '../hosting/host.ts';
import { parametersFault } from '../parameters.ts';
import { roundFollows } from '../rounds/header-rule.ts';
import { PBFT_DESCRIPTION } from './description.ts';
import { PBFT_TERMS } from './parameters.ts';
import { pbft } from './pbft.ts';

const B1 = roundBlock(GENESIS);

describe('PBFT', () => {
  test('can be hosted: its table has no fault, and all of its steps are in it', () => {
    const hosted = host(PBFT_DESCRIPTION);
    assert.deepEqual([hosted.id, hosted.votes.prepared, hosted.votes.decides], ['pbft', 'prepare', 'commit']);
  });

  test('begins each height with the member after the proposer of the last block, not of the last view', () => {
    const core = new RoundsCore({ me: 3 });
    assert.equal(pbft.snapshot(core.state).leader, 0);
    core.final(B1);
    assert.equal(pbft.snapshot(core.state).leader, 1);
    core.final(roundBlock(B1, 3, { proposer: 3 }));
    assert.equal(pbft.snapshot(core.state).leader, 0);
  });

  test('lets views begin anew with each height, and has no word of its own in a header', () => {
    assert.equal(roundFollows(B1.header, roundBlock(B1).header), undefined);
    const said = {
      ...B1.header,
      extensions: [{ tag: HEADER_EXTENSIONS.protocol, content: Uint8Array.of(1) }],
    };
    assert.match(roundFollows(GENESIS.header, said) ?? '', /extension/);
  });

  test('shows its phases, and the certificates of its view', () => {
    const core = new RoundsCore({ me: 2 });
    const shown = () => {
      const { phase, certified } = pbft.snapshot(core.state);
      return [phase, ...certified];
    };
    const phases = [shown()];
    core.propose(B1);
    phases.push(shown());
    core.votes('prepare', B1, [0, 1, 3]);
    phases.push(shown());
    core.fire('round');
    phases.push(shown());
    core.votes('commit', B1, [0, 1, 3]);
    phases.push(shown());
    assert.deepEqual(phases, [
      ['waiting'],
      ['prepare'],
      ['commit', 'prepare'],
      ['leaving', 'prepare'],
      ['storing', 'prepare', 'commit'],
    ]);
  });
});

describe('the numbers of PBFT', () => {
  const { parameters, runsWithoutFaults } = PBFT_TERMS;

  test('have two waits, the longest not below the first', () => {
    const rest = { block_interval_ms: 0, speed_percent: 100, auto_suspend_failures: 0 };
    const fault = (base: number, cap: number) =>
      parametersFault(parameters, { ...rest, view_timeout_ms: base, view_timeout_ms_max: cap })?.name;
    assert.equal(fault(2_000, 60_000), undefined);
    assert.equal(fault(2_000, 2_000), undefined);
    assert.equal(fault(2_000, 1_999), 'view_timeout_ms_max');
    assert.equal(fault(99, 60_000), 'view_timeout_ms');
  });

  test('hold for one to three members too, of whom none may fail', () => assert.ok(runsWithoutFaults));
});
