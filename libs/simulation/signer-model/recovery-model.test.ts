import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RECOVERY_CASES, runRecoveryCase } from './recovery-cases.ts';

describe('one of four loses its record and comes back, searched exhaustively (signer.md 3.5)', () => {
  for (const each of RECOVERY_CASES) {
    // The larger search is for `npm run sim -- --signer-model`.
    if (each.isLong) continue;
    test(`${each.name}: ${each.mustBreak ?? 'no fork, and no slot signed twice'}`, () => {
      const { broken, hasSignedAgain, states } = runRecoveryCase(each);
      assert.equal(broken, each.mustBreak);
      if (broken !== undefined) return;
      assert.ok(hasSignedAgain, 'the recovered key never signed: the search shows nothing');
      assert.ok(states > 2_000, `only ${states} states were reached`);
    });
  }
});
