import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ALL_RULES } from '#libs/custody/judge.ts';
import { ROUNDS_TABLES } from '#libs/custody/tables/rounds.ts';
import { type Prng, prng } from '#libs/random/prng.ts';
import { stateName } from '../state-name.ts';
import { askPlan, type Extent, extentWords } from './ask-places.ts';
import { searchBounded } from './bounded-search.ts';
import type { MachineState } from './images.ts';
import { KeyBook } from './key-book.ts';
import { leastKeys } from './least-keys.ts';
import { RoundsMachine } from './rounds-machine.ts';
import { promisesNoSplit } from './table-search.ts';

/** A machine that forgets nothing, unless it is told to. */
function machineOf(protocol: string, extent: Extent): RoundsMachine {
  const table = ROUNDS_TABLES.get(protocol);
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

/** Compares what follows with it and without. @returns Whether it has anything to forget. */
function hasForgotten(machine: RoundsMachine, state: MachineState): boolean {
  const less = machine.forgotten(state);
  const whole = after(machine, state, false).map((next) => machine.forgotten(next));
  assert.deepEqual(named(after(machine, less, true)), named(whole));
  return less.some((part, at) => part !== state[at]);
}

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
          compared++;
          if (hasForgotten(machine, state)) shorter++;
          return undefined;
        },
      });
      assert.equal(end, 'closed');
      assert.ok(compared > 1000 && shorter > compared / 2, `${shorter} of ${compared}`);
    });
  }

  for (const protocol of ROUNDS_TABLES.keys()) {
    for (const extent of [
      { views: 3, heights: 1 },
      { views: 2, heights: 2 },
    ]) {
      const size = extentWords(extent);
      test(`${protocol}: the same on random ways through ${size}`, () => {
        const machine = machineOf(protocol, extent);
        const random = prng(`${protocol} ${size}`);
        const states = Array.from({ length: WAYS }, () => [...wayThrough(machine, random)]).flat();
        const shorter = states.filter((state) => hasForgotten(machine, state)).length;
        assert.ok(shorter > states.length / 2 && states.length > 5 * WAYS, `${shorter} of ${states.length}`);
      });
    }
  }
});

const WAYS = 60;

/** The states on a random way to one that nothing follows. */
function* wayThrough(machine: RoundsMachine, random: Prng): Iterable<MachineState> {
  let next = after(machine, machine.first, false);
  while (next.length > 0) {
    const state = random.pick(next);
    yield state;
    next = after(machine, state, false);
  }
}
