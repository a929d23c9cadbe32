import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toMemberIndex } from '#libs/chain/ids.ts';
import { pbftSubject } from '#libs/simulation/pbft/subject.ts';
import { FAULTS, GOOD_DELAY, planWithout } from '#libs/simulation/plan/plan-without.ts';
import { simulate } from '#libs/simulation/run/simulate.ts';

/** With all faults and liars. More of them were run by hand, see libs/protocol/pbft/README.md. */
const SEEDS = 20;

/** Blocks in a row without a repetition, and time enough for them. */
const CALM_BLOCKS = 1_000;
const CALM_MS = 600_000;
const CERTIFICATES_SHARE_MAX = 0.03;

const LIAR = toMemberIndex(1);

describe('PBFT in simulated runs of replicas', () => {
  for (const members of [4, 5, 7]) {
    test(`keeps every invariant in ${SEEDS} seeds of ${members} members, and goes on after the faults`, () => {
      for (let seed = 1; seed <= SEEDS; seed++) {
        const { violations, height } = simulate(pbftSubject, { seed, members });
        assert.deepEqual([seed, violations], [seed, []]);
        assert.ok(height >= 5);
      }
    });
  }

  test('does without f members for good, in the liveness mode', () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const { violations } = simulate(pbftSubject, { seed, members: 4, mode: 'liveness' });
      assert.deepEqual([seed, violations], [seed, []]);
    }
  });

  test('decides alone, and with two or three members, of whom none fails', () => {
    for (const members of [1, 2, 3]) {
      const calm = { actors: [], faults: [] };
      const { violations, height } = simulate(pbftSubject, { seed: 1, members, ...calm });
      assert.deepEqual(violations, []);
      assert.ok(height >= 5);
    }
  });

  test('needs no repetition, no leave and no help where nothing goes wrong', () => {
    const { violations, height, trace } = simulate(pbftSubject, {
      ...{ seed: 1, members: 4, keepsTrace: true, actors: [], stopsAtHeight: CALM_BLOCKS },
      adjust: (plan) => ({
        ...planWithout(plan, FAULTS),
        gstMs: CALM_MS,
        delay: { ...GOOD_DELAY, maxMs: 40 },
      }),
    });
    assert.deepEqual(violations, []);
    assert.ok(height >= CALM_BLOCKS);
    // Members that come up greet each other, in the first height.
    const odd = trace.filter((line) => /: (leave|left|request|recovery) (?!1\/0)/.test(line));
    assert.deepEqual(odd, []);
    // A member that has a certificate before its own vote shows it: seldom, and by reference.
    const [shown, votes] = [/: certificate /, /: vote /].map(
      (kind) => trace.filter((line) => kind.test(line)).length,
    );
    assert.ok((shown ?? 0) <= CERTIFICATES_SHARE_MAX * (votes ?? 0), `${shown} beside ${votes} votes`);
  });

  for (const actor of pbftSubject.actors.keys()) {
    test(`bears a ${actor} in a good network: it breaks nothing, and no honest member is accused or muted`, () => {
      for (const seed of [1, 2, 3]) {
        const { violations, height } = simulate(pbftSubject, {
          ...{ seed, members: 4, byzantine: [{ member: LIAR, actor }] },
          adjust: (plan) => ({ ...planWithout(plan, FAULTS), gstMs: 1_500 }),
        });
        assert.deepEqual([seed, violations], [seed, []]);
        assert.ok(height >= 5);
      }
    });
  }
});
