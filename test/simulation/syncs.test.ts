import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { CalmChain } from '#libs/simulation/conformance/courses/calm-chain.ts';
import { Disk } from '#libs/simulation/disk/disk.ts';
import { ReplacedFile } from '#libs/simulation/disk/replaced-file.ts';
import { hostedHotStuff } from '#libs/simulation/hotstuff/nodes/hosted-hotstuff.ts';
import type { HostedSubject } from '#libs/simulation/nodes/whole-nodes.ts';
import { hostedPbft } from '#libs/simulation/pbft/nodes/hosted-pbft.ts';
import { steadyDelay } from '#libs/simulation/plan/quiet-plan.ts';

const MEMBERS = 4;
/** Decisions before the counting: the first views of a chain are entered otherwise. */
const WARM = 3;
/** Every member leads as often as the others. */
const COUNTED = 12;

/** Syncs of all members in one decision, where nothing fails: of the chain and its record, and of the signers. */
function syncsOfADecision(context: TestContext, subject: HostedSubject) {
  const [chain, register] = [
    context.mock.method(Disk.prototype, 'sync'),
    context.mock.method(ReplacedFile.prototype, 'sync'),
  ];
  const calm = new CalmChain(subject, MEMBERS, { delay: steadyDelay(1) });
  const decide = (count: number, name: string): void => {
    for (let each = 0; each < count; each++) assert.ok(calm.decide(`${name} ${each}`));
  };
  decide(WARM, 'warm');
  const before = { consensus: chain.mock.callCount(), signers: register.mock.callCount() };
  decide(COUNTED, 'counted');
  return {
    consensus: (chain.mock.callCount() - before.consensus) / COUNTED,
    signers: (register.mock.callCount() - before.signers) / COUNTED,
  };
}

// Each vote is recorded by its member and by its signer, each member makes the block final, and the signer of the leader records its
// proposal; the leader itself records that with its vote, and each view that is entered with the block.
test('a decision of HotStuff costs four syncs a member and three of its signer, and one more of that of the leader', (context) => {
  assert.deepEqual(syncsOfADecision(context, hostedHotStuff()), {
    consensus: 4 * MEMBERS,
    signers: 3 * MEMBERS + 1,
  });
});

test('a decision of PBFT costs three syncs a member and two of its signer, and one more of that of the leader', (context) => {
  assert.deepEqual(syncsOfADecision(context, hostedPbft()), {
    consensus: 3 * MEMBERS,
    signers: 2 * MEMBERS + 1,
  });
});
