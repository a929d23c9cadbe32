import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hotStuffSubject } from '../hotstuff/subject.ts';
import { openSeeds } from './open-seeds.ts';
import { type SimulatedProtocol, simulated } from './simulated-protocol.ts';

const TASK = { kind: 'seeds', protocol: 'hotstuff', members: 4, actors: [], from: 1, seeds: 8 } as const;

test('names the seed at which the simulator itself ends in an error', () => {
  const broken: SimulatedProtocol = {
    ...simulated(hotStuffSubject),
    run: () => assert.fail('no newest block'),
  };
  const open = openSeeds({ ...TASK, from: 41 }, broken);
  assert.throws(() => open.run(2), /at seed 43: .*no newest block/);
});

/** A protocol whose runs do something else each time. */
function fickle(): SimulatedProtocol {
  const steady = simulated(hotStuffSubject);
  // Hundreds of runs make a failure small: their content does not matter here.
  const result = steady.run({ seed: 2, members: 4, actors: [] });
  let runs = 0;
  return { ...steady, run: () => ({ ...result, traceHash: `${runs++}` }) };
}

function broken(protocol: SimulatedProtocol, repeat?: number): readonly (string | undefined)[] {
  const open = openSeeds({ ...TASK, ...(repeat === undefined ? {} : { repeat }) }, protocol);
  return Array.from({ length: open.cases }, (_, at) => open.run(at).failures[0]?.violations[0]?.invariant);
}

test('M1: every seed runs twice and must do the same, or as many of them as asked for', () => {
  const none = undefined;
  assert.deepEqual(broken(fickle(), 4), [none, none, none, 'M1', none, none, none, 'M1']);
  assert.deepEqual(broken(fickle()), Array(8).fill('M1'));
  assert.deepEqual(broken(simulated(hotStuffSubject)), Array(8).fill(none));
});

test('M1: the second run goes without the checkers and does the same', () => {
  const steady = simulated(hotStuffSubject);
  const asked: (boolean | undefined)[] = [];
  const spied: SimulatedProtocol = {
    ...steady,
    run: (options) => {
      asked.push(options.isChecked);
      return steady.run(options);
    },
  };
  assert.deepEqual(openSeeds({ ...TASK, seeds: 1 }, spied).run(0).failures, []);
  assert.deepEqual(asked, [undefined, false]);
});

test('M1: a run that broke a rule is repeated with the checkers, for they end it', () => {
  const steady = simulated(hotStuffSubject);
  const asked: (boolean | undefined)[] = [];
  const breaking: SimulatedProtocol = {
    ...steady,
    run: (options) => {
      asked.push(options.isChecked);
      const violation = { invariant: 'L1', kind: 'double-sign', text: 'made up', step: 0, atMs: 0 } as const;
      return { ...steady.run(options), violations: [violation] };
    },
  };
  const [failure] = openSeeds({ ...TASK, seeds: 1 }, breaking).run(0).failures;
  assert.deepEqual(
    failure?.violations.map(({ invariant }) => invariant),
    ['L1'],
  );
  assert.equal(asked[1], true);
});
