import assert from 'node:assert/strict';
import { transactionOf } from '#libs/chain/transaction.ts';
import type { LocalMembers } from '#test/support/federation/local-members.ts';
import { until } from '#test/support/within.ts';
import { giveToOne } from './give-to-one.ts';

/** Generous: the machine may be busy with other tests. */
const FINAL_MS = 300_000;

/** The giver of a transaction tells one member alone, and is gone. Leaves the federation whole. */
export async function tellOneMember(federation: LocalMembers): Promise<void> {
  const [{ client: first }] = federation.members as [(typeof federation.members)[number]];
  const { hash: before } = await first.submit(Buffer.from('everybody heard of it'));
  await Promise.all(federation.members.map(({ client }) => client.wait(before, { deadlineMs: FINAL_MS })));

  // All are at rest in the view of this leader.
  const { view = 0n } = (await first.status()).header ?? {};
  const giver = Number(view % 4n);
  const others = [0, 1, 2, 3].filter((member) => member !== giver);
  const holder = federation.members[others[1]!]!;
  const lone = Buffer.from('one member alone heard of it');
  const hash = transactionOf(lone).hash;
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
  await federation.startAll([giver]);
}
