import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { transactionOf } from '#libs/chain/transaction.ts';
import type { LocalMembers } from '#test/support/federation/local-members.ts';
import { until } from '#test/support/within.ts';
import { certifiedHeight, flipBit } from './flipped-bit.ts';

/** Generous: the machine may be busy with other tests. */
const FINAL_MS = 300_000;
const HURT = 3;
const OTHERS = [0, 1, 2];

/** A byte of an old certificate is flipped on the disk of a member. Leaves the federation whole. */
export async function damageHistory(federation: LocalMembers): Promise<void> {
  const { client, facts } = federation.members[HURT]!;
  const makeFinal = async (text: string) => {
    const { hash } = await client.submit(Buffer.from(text));
    await client.wait(hash, { deadlineMs: FINAL_MS });
    const final = await client.get(hash);
    assert.ok(final.state === 'final');
    return final.height;
  };
  const blocks = new Map<bigint, Awaited<ReturnType<typeof client.getBlock>>>();
  for (const text of ['an old transaction', 'newer', 'newest']) {
    const at = await makeFinal(text);
    blocks.set(at, await client.getBlock(at));
  }

  await federation.stop(HURT, 'consensus');
  const chain = join(facts.paths.consensusFolder, 'chain.db');
  const height = certifiedHeight(chain, [...blocks.keys()]);
  const before = blocks.get(height);
  flipBit(chain, 'certificate', height);
  // Nobody answers the member meanwhile: else it has the block again before anybody asks.
  for (const other of OTHERS) federation.pause(other, 'gateway');
  await federation.restart(HURT, 'consensus');
  const first = await client.getBlock(height).then(
    () => 'read',
    (error: Error) => error.message,
  );
  for (const other of OTHERS) federation.resume(other, 'gateway');
  assert.match(first, /DATA_LOSS.*block \d+ is damaged .*fetches it again/s);
  assert.equal((await client.status()).haltReason, '', 'it goes on');

  await until(
    'the block is here again',
    () =>
      client.getBlock(height).then(
        () => true,
        () => false,
      ),
    FINAL_MS,
  );
  const after = await client.getBlock(height);
  assert.deepEqual([after.digest, after.transactions], [before?.digest, before?.transactions]);
  assert.equal((await client.get(transactionOf(Buffer.from('an old transaction')).hash)).state, 'final');
  // While m0 is away, the vote of this member is needed.
  federation.kill(0, 'consensus');
  await makeFinal('it votes on with a block that was fetched again');
  await federation.restart(0, 'consensus');
  const log = readFileSync(facts.log.file?.path ?? '', 'utf8');
  assert.match(log, /is damaged on the disk, and is fetched again/);
  assert.match(log, /a damaged block was fetched again/);
}
