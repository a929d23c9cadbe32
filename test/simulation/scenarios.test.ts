import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { openCampaign } from '#services/cli/simulation/protocols.ts';
import { readScenarios } from '#services/cli/simulation/scenario-file.ts';

const FOLDER = new URL('../vectors/twins', import.meta.url).pathname;

describe('Twins files', () => {
  for (const file of readdirSync(FOLDER)) {
    test(`${file} comes to what it says`, () => {
      const open = openCampaign(readScenarios(join(FOLDER, file), 'hotstuff'));
      for (let at = 0; at < open.cases; at++) assert.deepEqual(open.run(at).failures, []);
    });
  }

  test('number their nodes in the two ways of relab/hotstuff', () => {
    const [, second] = readScenarios(join(FOLDER, 'good-views.json'), 'hotstuff').scenarios;
    // Nodes 1 and 2 are the twins, and 4 is the third replica.
    assert.deepEqual(second?.scenario.views[0]?.groups, [0, 0, 0, 1, 1]);
    const [named] = readScenarios(join(FOLDER, 'twinned-leader.json'), 'hotstuff').scenarios;
    assert.deepEqual(named?.scenario.views[0]?.groups, [0, 0, 0, 1, 1]);
    assert.equal(named?.scenario.views[2]?.leader, 1);
  });

  test('say how many commits they expect, and are reported when it is another number', async () => {
    const task = readScenarios(join(FOLDER, 'hidden-lock.json'), 'hotstuff');
    const expecting = (expect: object) =>
      openCampaign({
        ...task,
        scenarios: task.scenarios.map((each) => ({ ...each, expect: { ...each.expect, ...expect } })),
      });
    for (const expect of [{ minCommits: 3 }, { maxCommits: 1 }, { safe: false }]) {
      const [failure] = expecting(expect).run(0).failures;
      assert.equal(failure?.violations[0]?.invariant, 'EXPECT', JSON.stringify(expect));
    }
  });

  for (const [name, text, sentence] of [
    ['no JSON', '{', /is not JSON/],
    ['no scenarios', '{"num_nodes":4,"num_twins":0}', /is not a Twins file: scenarios/],
    ['an unknown leader', twinsFile(5, [[1, 2, 3, 4]]), /there is no replica 5 to lead/],
    ['an unknown node', twinsFile(1, [[1, 2, 3, 9]]), /there is no node 9/],
  ] as const) {
    test(`are refused in one sentence with ${name}`, async () => {
      const folder = await mkdtemp(join(tmpdir(), 'btcfed-twins-'));
      try {
        const path = join(folder, 'x.json');
        writeFileSync(path, text);
        assert.throws(() => readScenarios(path, 'hotstuff'), sentence);
      } finally {
        await rm(folder, { recursive: true });
      }
    });
  }
});

function twinsFile(leader: number, partitions: number[][]): string {
  return JSON.stringify({ num_nodes: 4, num_twins: 0, scenarios: [[{ leader, partitions }]] });
}
