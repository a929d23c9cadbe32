import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { EXCLUSION_PARAMETER } from '#libs/protocol/exclusion-words.ts';
import { SUSPENSION_PARAMETER } from '#libs/protocol/suspension-words.ts';
import { hostedPbft } from '#libs/simulation/pbft/nodes/hosted-pbft.ts';
import { EpochFederation } from '#test/support/engine/epoch-federation.ts';
import { PROBE_MS } from './suspension-limits.ts';

const FAILURES_MAX = 15;
const AWAY = 4;

interface Five {
  readonly failuresMax?: number;
  readonly votesAlone?: boolean;
  readonly excludes?: 0 | 1;
  readonly seed?: number;
}

/** Five nodes that run PBFT, watched by all checkers of the simulator. */
function five({
  failuresMax = FAILURES_MAX,
  votesAlone = true,
  excludes = 0,
  seed = 1,
}: Five = {}): EpochFederation {
  const parameters = { [SUSPENSION_PARAMETER]: failuresMax, [EXCLUSION_PARAMETER]: excludes };
  const subject = { ...hostedPbft(), parameters };
  return new EpochFederation({ members: 5, subject, votesAlone, seed });
}

const rosters = ({ up }: EpochFederation) =>
  up.map(({ membership }) => `${membership.epoch}: ${membership.roster.map(({ name }) => name).join(' ')}`);

/** The only roster that all nodes have; fails where they differ. */
function roster(federation: EpochFederation): string {
  const [first = assert.fail(), ...others] = rosters(federation);
  for (const other of others) assert.equal(other, first);
  return first;
}

describe('TW-2.1.5 TW-2.2.8 a member that answers nothing', () => {
  test('TW-2.1.5 is voted out after sixteen probes, at one height everywhere, and voted in again when it answers', () => {
    for (const seed of [1, 2, 3]) {
      const federation = five({ seed });
      federation.pass(5 * PROBE_MS);
      federation.crash(federation.node(AWAY));
      federation.pass(FAILURES_MAX * PROBE_MS - 2_000);
      assert.equal(roster(federation), '0: node-0 node-1 node-2 node-3 node-4', 'not yet');
      federation.until(
        'its leave',
        () => federation.up.every(({ membership }) => membership.epoch === 1n),
        10_000,
      );
      assert.equal(roster(federation), '1: node-0 node-1 node-2 node-3');
      const heights = new Set(federation.up.map(({ membership }) => membership.root.height));
      assert.equal(heights.size, 1);
      const told = () => [0, 1, 2, 3].map((number) => federation.suspended.get(number)?.join());
      federation.until('that all are told of it', () => told().every((names) => names === 'node-4'));
      federation.start(federation.node(AWAY));
      federation.until(
        'its return',
        () => federation.up.every(({ membership }) => membership.epoch === 2n),
        60_000,
      );
      assert.equal(roster(federation), '2: node-0 node-1 node-2 node-3 node-4');
      federation.submit(federation.node(AWAY), 'welcome back');
      federation.until('a block of all five', () =>
        federation.up.every(({ chain }) => chain.tip().header.epoch === 2n),
      );
      assert.deepEqual(told(), ['', '', '', ''], 'it is back');
      assert.deepEqual(federation.violations, []);
    }
  });

  test('TW-2.1.4 that comes back in time stays: its first answer sets the count to zero', () => {
    const federation = five();
    for (let away = 0; away < 3; away++) {
      federation.crash(federation.node(AWAY));
      federation.pass((FAILURES_MAX - 3) * PROBE_MS);
      federation.start(federation.node(AWAY));
      federation.pass(5 * PROBE_MS);
    }
    assert.equal(roster(federation), '0: node-0 node-1 node-2 node-3 node-4');
  });

  test('stays where the terms say nothing, and where no signer signs such votes', () => {
    for (const setting of [{ failuresMax: 0 }, { votesAlone: false }]) {
      const federation = five(setting);
      federation.crash(federation.node(AWAY));
      federation.pass(5 * FAILURES_MAX * PROBE_MS);
      assert.equal(roster(federation), '0: node-0 node-1 node-2 node-3 node-4');
    }
  });

  test('comes back by a vote of people alone, where evidence excludes: it may be a liar that was away too', () => {
    const federation = five({ excludes: 1 });
    federation.crash(federation.node(AWAY));
    federation.until(
      'its leave',
      () => federation.up.every(({ membership }) => membership.epoch === 1n),
      60_000,
    );
    federation.start(federation.node(AWAY));
    federation.pass(10 * FAILURES_MAX * PROBE_MS);
    assert.equal(roster(federation), '1: node-0 node-1 node-2 node-3');
  });

  test('is nobody where no quorum is heard: two of five that are cut off vote for nothing', () => {
    const federation = five();
    for (const number of [2, 3, 4]) federation.crash(federation.node(number));
    federation.pass(5 * FAILURES_MAX * PROBE_MS);
    for (const { membership } of federation.up) assert.deepEqual(membership.ballots, []);
    for (const number of [2, 3, 4]) federation.start(federation.node(number));
    federation.submit(federation.node(0), 'goes on');
    federation.until('a block', () => federation.up.every(({ chain }) => chain.tip().header.height > 0n));
    assert.equal(roster(federation), '0: node-0 node-1 node-2 node-3 node-4');
  });

  test('of two one leaves, and the policy keeps the other: four are the fewest', () => {
    const federation = new EpochFederation({
      ...{ members: 6, votesAlone: true },
      subject: { ...hostedPbft(), parameters: { [SUSPENSION_PARAMETER]: FAILURES_MAX } },
    });
    federation.crash(federation.node(5));
    federation.until(
      'the leave of one',
      () => federation.up.every(({ membership }) => membership.epoch === 1n),
      60_000,
    );
    federation.crash(federation.node(1));
    federation.until(
      'of another',
      () => federation.up.every(({ membership }) => membership.epoch === 2n),
      60_000,
    );
    assert.equal(roster(federation), '2: node-0 node-2 node-3 node-4');
    assert.deepEqual(federation.violations, []);
  });
});
