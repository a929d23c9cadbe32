import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hotStuffSubject } from '../hotstuff/subject.ts';
import { type SimulatedProtocol, simulated } from '../protocols.ts';
import { openSeeds } from './open-seeds.ts';

const TASK = { kind: 'seeds', protocol: 'hotstuff', members: 4, actors: [], from: 1, seeds: 8 } as const;

/** A protocol whose runs do something else each time. */
function fickle(): SimulatedProtocol {
  const steady = simulated(hotStuffSubject);
  let runs = 0;
  return { ...steady, run: (options) => ({ ...steady.run(options), traceHash: `${runs++}` }) };
}

function broken(protocol: SimulatedProtocol, repeat: number): readonly (string | undefined)[] {
  const open = openSeeds({ ...TASK, repeat }, protocol);
  return Array.from({ length: open.cases }, (_, at) => open.run(at).failures[0]?.violations[0]?.invariant);
}

test('M1: seeds that run twice must do the same, as many of them as asked for', () => {
  const none = undefined;
  assert.deepEqual(broken(fickle(), 4), [none, none, none, 'M1', none, none, none, 'M1']);
  assert.deepEqual(broken(fickle(), 1), Array(8).fill('M1'));
  assert.deepEqual(broken(simulated(hotStuffSubject), 1), Array(8).fill(none));
});
