import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { hotStuffSubject } from '#libs/simulation/hotstuff/subject.ts';
import { BREAKDOWNS, type Plan } from '#libs/simulation/plan/plan.ts';
import { FAULTS, planWithout } from '#libs/simulation/plan/plan-without.ts';
import { PROTOCOLS } from '#services/cli/simulation/protocols.ts';
import {
  assertHarmless,
  assertTraitorHarmless,
  attacked,
  FAULTS_OF,
  TRAITOR,
  viewsGivenUp,
} from '#test/support/simulation/byzantine-run.ts';

const ROOT = new URL('../../..', import.meta.url).pathname;
const MEMBERS = 5;
const QUORUM = 4;

/**
 * The messages of one view from its proposal to its decision, in this order, each with its least and greatest number.
 */
const HAPPY_PATH: readonly [said: string, least: number, most: number][] = [
  ['proposal', MEMBERS - 1, MEMBERS - 1],
  ['vote prepare', QUORUM - 1, MEMBERS - 1],
  ['certificate prepare', MEMBERS - 1, MEMBERS - 1],
  ['vote pre-commit', QUORUM - 1, MEMBERS - 1],
  ['certificate pre-commit', MEMBERS - 1, MEMBERS - 1],
  ['vote commit', QUORUM - 1, MEMBERS - 1],
  ['certificate commit', MEMBERS - 1, MEMBERS - 1],
];

/** Five honest members, a good network. */
function calmTrace(): readonly string[] {
  const [result] = attacked({ actors: [], members: MEMBERS, seeds: 1 });
  assert.ok(result !== undefined);
  assertHarmless([result]);
  assert.equal(result.sightings.timedOutViews.size, 0);
  return result.trace;
}

test('E2E-01 a view says what the flow diagram says, in its order and as often', () => {
  const trace = calmTrace();
  for (const view of [2, 3, 7]) {
    const heard = HAPPY_PATH.map(([said]) =>
      trace.flatMap((line, at) => (new RegExp(` from \\d+: ${said} ${view} `).test(line) ? [at] : [])),
    );
    for (const [step, [said, least, most]] of HAPPY_PATH.entries()) {
      const count = heard[step]?.length ?? 0;
      assert.ok(count >= least && count <= most, `${said} of view ${view}: ${count}`);
      // The first message of each step comes after the first of the step before, at every receiver.
      if (step > 0) assert.ok((heard[step]?.[0] ?? 0) > (heard[step - 1]?.[0] ?? 0), said);
    }
    const entered = trace.filter((line) => line.endsWith(` view ${view + 1} leader ${(view + 1) % MEMBERS}`));
    assert.equal(entered.length, MEMBERS);
  }
});

test('E2E-02 signatures are never aggregated: nothing on the wire or between the parts is named so', () => {
  const protos = readdirSync(join(ROOT, 'proto'), { recursive: true, encoding: 'utf8' });
  const files = protos.filter((file) => file.endsWith('.proto')).map((file) => join(ROOT, 'proto', file));
  assert.ok(files.length > 3);
  for (const file of [
    ...files,
    join(ROOT, 'libs/replica/ports.ts'),
    join(ROOT, 'libs/crypto/signature-scheme.ts'),
  ]) {
    const code = readFileSync(file, 'utf8').replace(/\/\/.*|\/\*[\s\S]*?\*\//g, '');
    assert.doesNotMatch(code, /aggregat/i, file);
  }
});

// On more seeds: test/long/simulation.ts.
describe('the emulation', () => {
  const calm = attacked({ actors: [], seeds: 2 });

  for (const [name, change] of Object.entries(FAULTS_OF)) {
    test(`E2E-03, HS-41, HS-47 a network with ${name} of any measure slows the members down and forks nothing`, () => {
      const results = attacked({ actors: [], seeds: 2, adjust: (plan) => ({ ...plan, ...change }) });
      assertHarmless(results);
      assert.notDeepEqual(
        results.map(({ traceHash }) => traceHash),
        calm.map(({ traceHash }) => traceHash),
      );
    });
  }

  test('E2E-04 what is on the disk is all that a member needs: everyone restarts, twice, and goes on', () => {
    const powerCuts = [400, 900].map((atMs) => ({ atMs, downMsMax: 50 }));
    const results = attacked({
      actors: [],
      seeds: 2,
      adjust: (plan) => ({ ...plan, powerCuts, losesUnsynced: true }),
    });
    assertHarmless(results);
    for (const { trace } of results) {
      assert.equal(trace.filter((line) => / \d start$/.test(line)).length, 3 * MEMBERS);
    }
  });

  for (const how of BREAKDOWNS) {
    test(`HS-47 a member that is ${how} for good is one of the f that the others do without`, () => {
      const broken = [{ member: TRAITOR, how, fromMs: 200 }];
      assertHarmless(attacked({ actors: [], seeds: 1, adjust: (plan) => ({ ...plan, broken }) }));
    });
  }
});

test('E2E-07 five members decide in each of fifty runs', () => {
  // Each decides five blocks more once this time is over.
  const adjust = (plan: Plan) => ({ ...plan, gstMs: 300 });
  const results = attacked({ actors: [], seeds: 50, members: MEMBERS, adjust });
  assert.equal(results.length, 50);
  assertHarmless(results);
  assert.deepEqual(viewsGivenUp(results), []);
});

// On more seeds: test/long/simulation.ts.
describe('one traitor of five', () => {
  const actors = PROTOCOLS.get('hotstuff')?.actors ?? [];

  test('E2E-09 lies in more than fifteen ways', () => {
    assert.ok(actors.length >= 25, `${actors.length}`);
    assert.deepEqual(
      [...hotStuffSubject.actors.keys()].filter((actor) => !actors.includes(actor)),
      [],
    );
  });

  for (const actor of actors) {
    test(`E2E-08, HS-39 ${actor}: safe and live, in a good network and a bad one`, () => {
      assertTraitorHarmless(actor, 1);
    });
  }
});

test('E2E-14 a chain of many views grows by one block each, and leaves nothing in memory', () => {
  const { violations, height, trace } =
    PROTOCOLS.get('hotstuff')?.run({
      seed: 4,
      members: MEMBERS,
      actors: [],
      keepsTrace: true,
      adjust: (plan) => ({ ...planWithout(plan, FAULTS), gstMs: 8_000, transactionMs: 20 }),
    }) ?? assert.fail('there is no such protocol');
  // Among them: nothing left in memory, silence at the end (REST), state roots that agree
  // (libs/simulation/README.md V5, S4).
  assert.deepEqual(violations, []);
  assert.ok(height > 50, `${height}`);
  const views = trace
    .flatMap((line) => / 0 view (?<view>\d+) /.exec(line)?.groups?.['view'] ?? [])
    .map(Number);
  assert.deepEqual(
    views,
    views.map((_, at) => at + 1),
  );
});
