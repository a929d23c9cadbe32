// E2E-03 to E2E-05, E2E-08, HS-39, HS-41, HS-47, BYZ-20: simulated federations keep every invariant, with each traitor, in each bad network.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BREAKDOWNS } from '#libs/simulation/plan/plan.ts';
import { PROTOCOLS } from '#services/cli/simulation/protocols.ts';
import {
  assertHarmless,
  assertTraitorHarmless,
  attacked,
  FAULTS_OF,
  isForked,
  TRAITOR,
} from '#test/support/simulation/byzantine-run.ts';
import { assertFindsNothing, FOUND_LONG, nameOf } from '#test/support/simulation/found-seeds.ts';
import { assertSound } from '#test/support/simulation/sound-runs.ts';
import { assertTwinsHarmless } from '#test/support/simulation/twins.ts';

describe('runs as their seeds draw them', () => {
  for (const protocol of PROTOCOLS.keys()) {
    for (const members of [4, 5, 7]) {
      test(`${protocol} of ${members} members`, () => assertSound(protocol, members, 100));
    }
  }

  test('a twin and its original are one voter: f of them break nothing', () => {
    assertTwinsHarmless(4, 60);
    assertTwinsHarmless(7, 30);
  });
});

test('BYZ-20 f + 1 twins fork a federation only when quorums overlap in so few', () => {
  assert.equal(isForked(2, 5, 30), false);
  assert.equal(isForked(2, 4, 30), true);
});

describe('seeds that found a fault find none any more', () => {
  for (const found of FOUND_LONG) test(`E2E-05 ${nameOf(found)}`, () => assertFindsNothing(found));
});

describe('the emulation', () => {
  for (const [name, change] of Object.entries(FAULTS_OF)) {
    test(`E2E-03, HS-41, HS-47 a network with ${name}`, () => {
      assertHarmless(attacked({ actors: [], seeds: 10, adjust: (plan) => ({ ...plan, ...change }) }));
    });
  }

  for (const how of BREAKDOWNS) {
    test(`HS-47 a member that is ${how} for good`, () => {
      const broken = [{ member: TRAITOR, how, fromMs: 200 }];
      assertHarmless(attacked({ actors: [], seeds: 10, adjust: (plan) => ({ ...plan, broken }) }));
    });
  }

  test('E2E-04 everyone restarts, twice, and goes on', () => {
    const powerCuts = [400, 900].map((atMs) => ({ atMs, downMsMax: 50 }));
    const adjust = { losesUnsynced: true, powerCuts };
    assertHarmless(attacked({ actors: [], seeds: 20, adjust: (plan) => ({ ...plan, ...adjust }) }));
  });
});

describe('one traitor of five', () => {
  for (const actor of PROTOCOLS.get('hotstuff')?.actors ?? []) {
    test(`E2E-08, HS-39 ${actor}: safe and live in ten networks`, () => assertTraitorHarmless(actor, 10));
  }
});
