import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toMemberIndex } from '#libs/chain/ids.ts';
import { PROTOCOLS } from '#services/cli/simulation/protocols.ts';
import { hostedHotStuff } from '../hotstuff/nodes/hosted-hotstuff.ts';
import type { Byzantine, Plan } from '../plan/plan.ts';
import { GOOD_DELAY } from '../plan/plan-without.ts';
import type { PlannedChange, WholePlan } from '../plan/whole-plan.ts';
import type { RunResult } from '../run/run-result.ts';

const POLICY = { membersMin: 4, membersMax: 12, step: 1, growthMax: 12, epochBlocksMin: 1 };
const NOTHING: WholePlan = {
  newcomers: 0,
  policy: POLICY,
  changes: [],
  absences: [],
  clerks: [],
  snapshotBlocks: 0,
};

interface Situation {
  readonly members?: number;
  readonly whole: Partial<WholePlan>;
  readonly byzantine?: readonly Byzantine[];
  readonly adjust?: (plan: Plan) => Plan;
}

/** A run of whole nodes in a good network, with the additions of a situation. */
function run(
  seed: number,
  { members = 4, whole, byzantine = [], adjust = (plan) => plan }: Situation,
): RunResult {
  const hotStuff = PROTOCOLS.get('hotstuff') ?? assert.fail('hotstuff is simulated');
  return hotStuff.run({
    seed,
    members,
    faults: [],
    actors: [],
    keepsTrace: true,
    adjust: (plan) =>
      adjust({
        ...plan,
        byzantine,
        gstMs: 3_000,
        endsWithFaults: false,
        delay: GOOD_DELAY,
        transactionMs: 40,
        whole: { ...NOTHING, ...whole },
      }),
  });
}

function change(atMs: number, leave: readonly number[], join: readonly number[]): PlannedChange {
  return { atMs, leave: leave.map(toMemberIndex), join: join.map(toMemberIndex) };
}

/** Nodes in a line of the trace that tells who began which epoch. */
function begun(result: RunResult, epoch: number): ReadonlySet<string> {
  const lines = result.trace.filter((line) => line.includes(` epoch ${epoch} with `));
  return new Set(lines.map((line) => line.split(' ')[1] ?? ''));
}

describe('FED-08 members change in the simulation', () => {
  test('every member is replaced in one change, and those who left follow', () => {
    const result = run(1, { whole: { newcomers: 4, changes: [change(300, [0, 1, 2, 3], [4, 5, 6, 7])] } });
    assert.deepEqual(result.violations, []);
    assert.deepEqual([...begun(result, 1)].sort(), ['0', '1', '2', '3', '4', '5', '6', '7']);
  });

  test('one after the other, with a liar that leaves and one that joins', () => {
    const byzantine = [
      { member: toMemberIndex(3), actor: 'equivocator' },
      { member: toMemberIndex(4), actor: 'double-voter' },
    ];
    const changes = [change(200, [3], [4]), change(400, [], [5]), change(600, [0], [6])];
    const clerks = [{ member: toMemberIndex(4), lie: 'usurping-voter' }];
    const result = run(2, { whole: { newcomers: 3, changes, clerks }, byzantine });
    assert.deepEqual(result.violations, []);
    assert.ok(begun(result, 3).size >= 5);
  });

  test('a change that no quorum votes for is told as a stall', () => {
    const byzantine = [0, 1].map((node) => ({ member: toMemberIndex(node), actor: 'fork-helper' }));
    const whole = { newcomers: 1, changes: [change(200, [], [4])] };
    const { violations } = run(3, { whole, byzantine });
    assert.match(violations[0]?.text ?? '', /not all members that were voted for/);
  });
});

describe('a node that was away', () => {
  const absences = [{ instance: 0, atMs: 100, untilMs: 2_500 }];

  test('A5-11 takes a snapshot, and the blocks below it afterwards', () => {
    const result = run(4, { whole: { absences, snapshotBlocks: 4 } });
    assert.deepEqual(result.violations, []);
    assert.ok(result.trace.some((line) => / 0 snapshot of \d+ taken/.test(line)));
  });

  for (const lie of hostedHotStuff().nodes.clerks.keys()) {
    test(`BYZ-29 comes back although one member is a ${lie}`, () => {
      const member = toMemberIndex(2);
      const clerks = [{ member, lie }];
      for (const snapshotBlocks of [0, 4]) {
        const byzantine = [{ member, actor: 'selective' }];
        const { violations } = run(5, { whole: { absences, snapshotBlocks, clerks }, byzantine });
        assert.deepEqual(violations, []);
      }
    });
  }

  test('comes back while links are cut', () => {
    const partitions = [
      { fromMs: 2_450, untilMs: 2_700, groups: [0, 1, 1, 1], isOneWay: false },
      { fromMs: 2_750, untilMs: 2_950, groups: [0, 1, 0, 1], isOneWay: true },
    ];
    const adjust = (plan: Plan): Plan => ({ ...plan, partitions });
    assert.deepEqual(run(6, { whole: { absences, snapshotBlocks: 4 }, adjust }).violations, []);
  });
});

test('M1 a run of whole nodes does the same twice', () => {
  const hotStuff = PROTOCOLS.get('hotstuff') ?? assert.fail('hotstuff is simulated');
  const options = { seed: 25, members: 4 };
  const result = hotStuff.run(options);
  assert.ok(result.plan.whole !== undefined && result.plan.whole.changes.length > 0);
  assert.equal(hotStuff.run({ ...options, isChecked: false }).traceHash, result.traceHash);
});
