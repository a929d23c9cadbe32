import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toMemberIndex } from '#libs/chain/ids.ts';
import type { HotStuffMessage } from '#libs/protocol/hotstuff/message.ts';
import { Federation, transactionsOf } from '#test/support/engine/engine-federation.ts';
import {
  blockOn,
  certify,
  GENESIS_PREPARE,
  gaveUp,
  proposalOf,
} from '#test/support/hotstuff/hotstuff-harness.ts';
import { sealed } from '#test/support/hotstuff/sealed.ts';

const LIAR = 1;

describe('signatures that do not hold', () => {
  const own = new Federation(4).members[0]?.chain.genesis ?? assert.fail();
  const block = blockOn(own, LIAR);
  const justify = { ...GENESIS_PREPARE, digest: own.digest };
  const messages: Readonly<Record<string, HotStuffMessage>> = {
    'a prepare certificate': { kind: 'certificate', certificate: certify('prepare', block) },
    'a pre-commit certificate': { kind: 'certificate', certificate: certify('pre-commit', block) },
    'a decision': { kind: 'certificate', certificate: certify('commit', block) },
    'a timeout certificate': { kind: 'timeout-certificate', timeoutCertificate: gaveUp(1, justify) },
    'a proposal': proposalOf(block, justify),
  };
  for (const [what, message] of Object.entries(messages)) {
    test(`HS-27 of ${what}: it is refused, its sender is named with the cause, and nothing is learned`, () => {
      const federation = new Federation(4);
      federation.tamper = (from, sent) => (from === LIAR ? [] : [sent]);
      const victim = federation.members[0] ?? assert.fail();
      const shown = () => {
        const { tally, ...state } = victim.node.protocol();
        return { ...state, tally: tally() };
      };
      const before = shown();
      victim.node.hear(toMemberIndex(LIAR), { ok: true, body: sealed(message) });
      federation.settle();
      assert.deepEqual(victim.refused, ['bad-signature ']);
      assert.deepEqual(shown(), before);
      assert.deepEqual(federation.signed, []);
      assert.deepEqual(transactionsOf(victim), []);
    });
  }
});
