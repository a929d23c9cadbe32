import assert from 'node:assert/strict';
import { test } from 'node:test';
import { transactionHash } from '#libs/chain/transaction.ts';
import { giveToOne } from '#test/support/give-to-one.ts';
import { LocalMembers } from '#test/support/local-members.ts';
import { until } from '#test/support/within.ts';

/** Generous: the machine may be busy with other tests. */
const FINAL_MS = 300_000;

test('F-22: a transaction that its giver told one member alone becomes final everywhere after the giver is gone, which leads', async () => {
  await using federation = await LocalMembers.start({ members: 4 });
  const [{ client: first }] = federation.members as [(typeof federation.members)[number]];
  const { hash: before } = await first.submit(Buffer.from('everybody heard of it'));
  await Promise.all(federation.members.map(({ client }) => client.wait(before, { deadlineMs: FINAL_MS })));

  // All are at rest in the view of this leader.
  const { view = 0n } = (await first.status()).header ?? {};
  const giver = Number(view % 4n);
  const others = [0, 1, 2, 3].filter((member) => member !== giver);
  const holder = federation.members[others[1]!]!;
  const lone = Buffer.from('one member alone heard of it');
  const hash = transactionHash(lone);
  const isHeld = () => holder.client.get(hash).then(Boolean, () => false);
  await federation.stop(giver, 'consensus');
  await giveToOne(federation.members[giver]!.facts.paths.home, others[1]!, lone, () =>
    until('the transaction waits at one member', isHeld),
  );
  await federation.powerCut([giver]);

  const heights = await Promise.all(
    others.map((member) => federation.members[member]!.client.wait(hash, { deadlineMs: FINAL_MS })),
  );
  assert.equal(new Set(heights.map(({ height }) => height)).size, 1);
});
