import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ALL_RECOVERY_RULES } from '#libs/custody/recovery.ts';
import { VIEW_JUMP_MAX } from '#libs/protocol/vote/limits.ts';
import { RECOVERY_CASES, runRecoveryCase } from './recovery-cases.ts';

describe('one of four loses its record and comes back, searched exhaustively (libs/custody/README.md 3.5)', () => {
  for (const each of RECOVERY_CASES) {
    // The larger searches are for `npm run sim -- --signer-model`.
    if (each.isLong) continue;
    test(`${each.name}: ${each.mustBreak ?? 'no fork, and no slot signed twice'}`, () => {
      const { broken, hasSignedAgain, states } = runRecoveryCase(each);
      assert.equal(broken, each.mustBreak);
      if (broken !== undefined) return;
      assert.ok(hasSignedAgain, 'the recovered key never signed: the search shows nothing');
      assert.ok(states > 100, `only ${states} states were reached`);
    });
  }

  test('with the jump of production, and every condition taken out somewhere', () => {
    assert.ok(RECOVERY_CASES.some(({ plan }) => plan.jump === VIEW_JUMP_MAX));
    // That of heights is for protocols of rounds: bounded/rule-cases.test.ts.
    for (const rule of Object.keys(ALL_RECOVERY_RULES).filter((each) => each !== 'heights')) {
      assert.ok(
        RECOVERY_CASES.some((each) => each.rule === rule && each.mustBreak !== undefined),
        rule,
      );
    }
  });
});
