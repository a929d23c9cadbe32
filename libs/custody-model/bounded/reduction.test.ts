import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ALL_RULES } from '#libs/custody/judge.ts';
import { stateName } from '../state-name.ts';
import { askPlan, type Extent } from './ask-places.ts';
import { searchBounded } from './bounded-search.ts';
import type { MachineState } from './images.ts';
import { KeyBook } from './key-book.ts';
import { leastKeys } from './least-keys.ts';
import { RoundsMachine } from './rounds-machine.ts';
import { promisesNoSplit } from './table-search.ts';
import { TARGET_TABLES } from './target-tables.ts';

/** A machine that forgets nothing, unless it is told to. */
function machineOf(protocol: string, extent: Extent): RoundsMachine {
  const table = TARGET_TABLES.get(protocol);
  assert.ok(table);
  const plan = askPlan(table, extent);
  const keys = leastKeys(new KeyBook(plan, ALL_RULES, stateName), plan, { merges: true });
  return new RoundsMachine(plan, keys, { isSplitBroken: promisesNoSplit(table), forgets: false });
}

function after(machine: RoundsMachine, state: MachineState, forgets: boolean): readonly MachineState[] {
  const found: MachineState[] = [];
  machine.expand(state, ({ next }) => found.push(next), forgets);
  return found;
}

const named = (states: readonly MachineState[]): readonly string[] =>
  [...new Set(states.map((state) => state.join()))].sort();

describe('what a state forgets', () => {
  for (const [protocol, extent] of [
    ['pbft', { views: 2, heights: 1 }],
    ['dbft', { views: 2, heights: 1 }],
    ['phased', { views: 2, heights: 1 }],
  ] as const) {
    test(`${protocol}: every state of ${extent.views} views is followed by the same states with it and without`, () => {
      const machine = machineOf(protocol, extent);
      let [compared, shorter] = [0, 0];
      const { end } = searchBounded({
        machine,
        ceiling: { bytesMax: 2 ** 30, untilMs: 1 },
        nowMs: () => 0,
        judge(state) {
          const less = machine.forgotten(state);
          const whole = after(machine, state, false).map((next) => machine.forgotten(next));
          assert.deepEqual(named(after(machine, less, true)), named(whole));
          compared++;
          if (less.some((part, at) => part !== state[at])) shorter++;
          return undefined;
        },
      });
      assert.equal(end, 'closed');
      assert.ok(compared > 1000 && shorter > compared / 2, `${shorter} of ${compared}`);
    });
  }
});
