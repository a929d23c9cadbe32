import assert from 'node:assert/strict';
import { test } from 'node:test';
import { transactionOf } from '#libs/chain/transaction.ts';
import { SmallDisk } from '#test/support/disk/small-disk.ts';
import { LocalMembers } from '#test/support/federation/local-members.ts';
import { until } from '#test/support/within.ts';

/** Generous: the machine may be busy with other tests. */
const FINAL_MS = 300_000;
const MEMBERS = [0, 1, 2, 3];
const LARGE_BYTES = 100_000;

test('F-05: four members whose disks are full sign nothing, and come back by themselves when there is room', async (t) => {
  if (!SmallDisk.isPossible) return t.skip('this process may not mount a small disk: run it as root');
  await using federation = await LocalMembers.start({ members: MEMBERS.length, onSmallDisks: MEMBERS });
  const { members } = federation;
  const first = members[0]!.client;
  const makeFinal = async (text: string) => {
    const { hash } = await first.submit(Buffer.from(text));
    await first.wait(hash, { deadlineMs: FINAL_MS });
  };
  await makeFinal('before');

  const pidsOf = (member: number) =>
    `${federation.pidOf(member, 'consensus')} ${federation.pidOf(member, 'signer')}`;
  const pids = MEMBERS.map(pidsOf);
  for (const member of MEMBERS) federation.diskOf(member)?.fill();
  // Either of its records: a member whose signer could not write may have nothing to write itself.
  const hasStopped = (member: number) => pidsOf(member) !== pids[member];
  // Submits large transactions until the disk is full: the log that was folded in leaves room for the first few.
  let sent = 0;
  await until(
    'a quorum without a disk',
    async () => {
      sent += 1;
      const large = Buffer.concat([Buffer.from(`${sent}`), Buffer.alloc(LARGE_BYTES)]);
      await Promise.all(members.map(({ client }) => client.submit(large).catch(() => undefined)));
      return MEMBERS.filter(hasStopped).length >= 2;
    },
    FINAL_MS,
  );

  for (const member of MEMBERS) federation.diskOf(member)?.free();
  await until(
    'a decision after it',
    () =>
      makeFinal('after').then(
        () => true,
        () => false,
      ),
    FINAL_MS,
  );
  for (const { client, facts } of members) {
    await until(
      `${facts.name} with all of it`,
      async () => {
        const status = await client.status().catch(() => undefined);
        assert.equal(status?.haltReason ?? '', '', facts.name);
        const isThere = (text: string) =>
          client.get(transactionOf(Buffer.from(text)).hash).then(
            ({ state }) => state === 'final',
            () => false,
          );
        return (await isThere('before')) && (await isThere('after'));
      },
      FINAL_MS,
    );
  }
});
