import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openCrashes } from '#libs/simulation/campaign/open-crashes.ts';
import { openSeeds } from '#libs/simulation/campaign/open-seeds.ts';
import { type SimulatedProtocol, simulated } from '#libs/simulation/campaign/simulated-protocol.ts';
import { hotStuffSubject } from '#libs/simulation/hotstuff/subject.ts';
import { MUTANTS } from '#test/support/hotstuff/hotstuff-mutants.ts';
import { directedFailure } from './directed.ts';
import { type MutantName, randomCatch } from './hunt.ts';

/** Most mutants fall in the first seeds; `npm run sim -- --mutants` takes more. */
const SEEDS = 60;

test('the protocol itself comes through every directed scenario', () => {
  assert.equal(directedFailure(hotStuffSubject.module), undefined);
});

describe('a rule that is taken out is noticed', () => {
  for (const name of Object.keys(MUTANTS) as MutantName[]) {
    test(name, () => {
      const caught = directedFailure(MUTANTS[name].module) ?? randomCatch(name, SEEDS);
      assert.notEqual(caught, undefined);
    });
  }
});

describe('a run that fails', () => {
  const seeds = { kind: 'seeds', protocol: 'hotstuff', members: 4, actors: [], from: 1, seeds: 20 } as const;

  test('is made as small as it can be, and replays with the same invariant', () => {
    const protocol = simulated(MUTANTS['votes forgotten in a crash']);
    const seed = firstFailing(protocol);
    const [failure] = openSeeds({ ...seeds, from: seed, seeds: 1 }, protocol).run(0).failures;
    assert.ok(failure !== undefined);
    const without = /--without (?<list>\S+)/.exec(failure.replay)?.groups?.['list']?.split(',') ?? [];
    assert.match(failure.replay, new RegExp(`--replay ${seed}$`));
    assert.ok(without.length > 2, failure.replay);
    const { violations } = protocol.run({ seed, members: 4, actors: [], without });
    assert.ok(violations.some(({ invariant }) => invariant === failure.violations[0]?.invariant));
    assert.deepEqual(
      openSeeds({ ...seeds, from: seed, seeds: 1, without }, protocol).run(0).failures.length,
      1,
    );
  });

  test('is found by the enumeration of crash points too', () => {
    const protocol = simulated(MUTANTS['everything forgotten in a crash']);
    const open = openCrashes({ kind: 'crash', protocol: 'hotstuff', members: 4, blocks: 1 }, protocol);
    let [failure] = open.run(0).failures;
    for (let at = 1; failure === undefined && at < 120; at++) [failure] = open.run(at).failures;
    assert.match(failure?.name ?? '', /^crash (before|after) effect \d+ of member 0$/);
  });

  test('has none to show when nothing is wrong', () => {
    assert.deepEqual(openSeeds({ ...seeds, seeds: 1 }, simulated(hotStuffSubject)).run(0), {
      runs: 1,
      failures: [],
    });
  });
});

function firstFailing(protocol: SimulatedProtocol): number {
  const options = { members: 4, actors: [] };
  const seed = [...Array(SEEDS).keys()].find(
    (each) => protocol.run({ ...options, seed: each }).violations.length > 0,
  );
  return seed ?? assert.fail('no seed fails');
}
