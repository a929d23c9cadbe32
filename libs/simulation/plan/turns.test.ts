import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { toMemberIndex, toView } from '#libs/chain/ids.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { prng } from '#libs/random/prng.ts';
import { ROUNDS_TABLE } from '#test/support/protocol/rounds-table.ts';
import { drawSplits } from './draw-faults.ts';
import { earlyPositions, plannedLeaders, positionIn, turnOf } from './turns.ts';

describe('the turns of a scenario', () => {
  test('are views in a row where these run across heights, and the rounds of the first height elsewhere', () => {
    const first = (table: typeof ROUNDS_TABLE) => [1, 2, 3].map((turn) => turnOf(table, turn));
    assert.deepEqual(
      first(HOTSTUFF_TABLE),
      [1, 2, 3].map((view) => ({ instance: 0, view })),
    );
    assert.deepEqual(
      first(ROUNDS_TABLE),
      [0, 1, 2].map((view) => ({ instance: 1, view })),
    );
    assert.deepEqual(positionIn(turnOf(ROUNDS_TABLE, 2)), { instance: 1n, view: 1n });
  });
});

describe('the splits of a seed', () => {
  const places = (table: typeof ROUNDS_TABLE) =>
    earlyPositions(table).map(({ instance, view }) => `${instance}/${view}`);

  test('are of the first views, or of the first two views of the first heights', () => {
    assert.deepEqual(places(HOTSTUFF_TABLE), ['0/1', '0/2', '0/3', '0/4', '0/5', '0/6']);
    assert.deepEqual(places(ROUNDS_TABLE), ['1/0', '1/1', '2/0', '2/1', '3/0', '3/1']);
  });

  test('are of the steps that the protocol has, and of all its positions sooner or later', () => {
    const choices = { positions: earlyPositions(ROUNDS_TABLE), steps: ['proposal', 'prepare'] };
    const seen = new Set<string>();
    for (let seed = 1; seed <= 40; seed++) {
      const splits = drawSplits({ random: prng(seed), gstMs: 500, instances: 4 }, choices);
      for (const { instance, view, phase, groups } of splits) {
        assert.ok(phase !== undefined && choices.steps.includes(phase) && groups.length === 4);
        seen.add(`${instance}/${view}`);
      }
    }
    assert.deepEqual([...seen].sort(), places(ROUNDS_TABLE));
    assert.deepEqual(drawSplits({ random: prng(1), gstMs: 500, instances: 4 }, undefined), []);
  });
});

describe('the leaders of an epoch', () => {
  test('are those of the plan from the first view on, and then those of the protocol', () => {
    const own = () => toMemberIndex(9);
    fc.assert(
      fc.property(
        fc.array(fc.nat({ max: 6 })),
        fc.nat({ max: 12 }),
        fc.constantFrom(HOTSTUFF_TABLE, ROUNDS_TABLE),
        (planned, at, table) => {
          const leader = plannedLeaders(planned, table, own)(toView(table.firstView + BigInt(at)));
          assert.equal(leader, planned[at] ?? 9);
        },
      ),
    );
  });
});
