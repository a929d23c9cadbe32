import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { transactionHash } from '#libs/chain/transaction.ts';
import type { FederationClient } from '#libs/client/client.ts';
import { readMemberHome } from '#services/cli/adapters/read-home.ts';
import { LocalMembers } from '#test/support/local-members.ts';
import { approveChange, btcfed, joiningHome } from '#test/support/operator.ts';

/** Generous: the machine may be busy with other tests. */
const FINAL_MS = 300_000;
const LOOK_MS = 200;
const BLOCKS = 12;

async function makeFinal(client: FederationClient, text: string): Promise<void> {
  const { hash } = await client.submit(Buffer.from(text));
  await client.wait(hash, { deadlineMs: FINAL_MS });
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + FINAL_MS; !(await isSo().catch(() => false)); await sleep(LOOK_MS)) {
    assert.ok(Date.now() < end, 'it did not come to be');
  }
}

test('A5-11 E2E a member far behind takes a snapshot, fetches the history afterwards, and its vote counts again', async () => {
  await using federation = await LocalMembers.start({ members: 4, snapshotBlocks: BLOCKS / 2 });
  const [first, , , late] = federation.members.map(({ client }) => client);
  assert.ok(first !== undefined && late !== undefined);
  federation.kill(3, 'consensus');
  for (let at = 0; at < BLOCKS; at++) await makeFinal(first, `transaction ${at}`);
  await federation.restart(3, 'consensus');
  const target = (await first.status()).header?.finalHeight ?? 0n;
  await until(async () => {
    const { header, missingHistory } = await late.status();
    return (header?.finalHeight ?? 0n) >= target && missingHistory === undefined;
  });
  assert.equal((await late.status()).mode, 1);
  const log = federation.members[3]?.facts.log.file?.path ?? assert.fail('members write a log');
  assert.match(readFileSync(log, 'utf8'), /state taken from a snapshot/);
  for (let height = 1n; height <= target; height++) {
    assert.equal((await late.getHeader(height)).digest, (await first.getHeader(height)).digest);
  }
  const hash = transactionHash(Buffer.from('transaction 0'));
  const found = await late.get(hash);
  assert.deepEqual(found, await first.get(hash));
  assert.equal(found.state, 'final');
  federation.kill(2, 'consensus');
  await makeFinal(first, 'needs the vote of the late member');
});

test('A5-11 FED-08 a member that missed a change of the members takes the state at the end of its epoch, and what follows as blocks', async () => {
  await using federation = await LocalMembers.start({ members: 4, snapshotBlocks: BLOCKS / 2 });
  const [first, second, third, late] = federation.members;
  assert.ok(first !== undefined && second !== undefined && third !== undefined && late !== undefined);
  federation.kill(3, 'consensus');
  for (let at = 0; at < BLOCKS; at++) await makeFinal(first.client, `transaction ${at}`);
  const home = await joiningHome(federation, 'erin');
  const { facts } = readMemberHome(home, { CONSENSUS_SNAPSHOT_BLOCKS: String(BLOCKS / 2) });
  const change = ['--join', join(home, 'member.json'), '--leave', 'm2'];
  const [proposer, ...approvers] = [first, second, third].map((member) => member.facts.paths.home);
  const { digest } = await btcfed(
    'members',
    'propose',
    '--home',
    proposer ?? assert.fail(),
    ...change,
    '--yes',
  );
  const erin = await federation.join(facts);
  for (const approver of approvers) await approveChange(approver, String(digest));
  await until(async () => (await erin.client.status()).header?.epoch === 1n);
  await makeFinal(first.client, 'by the new members');

  await federation.restart(3, 'consensus');
  const target = (await first.client.status()).header?.finalHeight ?? 0n;
  await until(async () => {
    const { header, missingHistory } = await late.client.status();
    return (header?.finalHeight ?? 0n) >= target && missingHistory === undefined;
  });
  const log = readFileSync(late.facts.log.file?.path ?? assert.fail('members write a log'), 'utf8');
  assert.match(log, /state taken from a snapshot/);
  for (let height = 1n; height <= target; height++) {
    assert.equal((await late.client.getHeader(height)).digest, (await first.client.getHeader(height)).digest);
  }
  // Its members and its history are whole also after another start.
  await federation.stop(3, 'consensus');
  await federation.restart(3, 'consensus');
  assert.equal((await late.client.status()).header?.epoch, 1n);
  federation.kill(1, 'consensus');
  await makeFinal(first.client, 'needs the vote of the member that was late');
});

test('F-23: a member far behind takes a snapshot after the first vote of its epoch, knows the votes, and ends the epoch with the others', async () => {
  await using federation = await LocalMembers.start({ members: 4, snapshotBlocks: BLOCKS / 2 });
  const [first, second, third, late] = federation.members;
  assert.ok(first !== undefined && second !== undefined && third !== undefined && late !== undefined);
  federation.kill(3, 'consensus');
  await makeFinal(first.client, 'before the first vote');
  const home = await joiningHome(federation, 'erin');
  const change = ['--join', join(home, 'member.json'), '--leave', 'm2', '--yes'];
  const { digest } = await btcfed('members', 'propose', '--home', first.facts.paths.home, ...change);
  await until(async () => (await first.client.membership()).ballots.length === 1);
  for (let at = 0; at < BLOCKS; at++) await makeFinal(first.client, `transaction ${at}`);

  await federation.restart(3, 'consensus');
  const target = (await first.client.status()).header?.finalHeight ?? 0n;
  await until(async () => ((await late.client.status()).header?.finalHeight ?? 0n) >= target);
  const log = readFileSync(late.facts.log.file?.path ?? assert.fail('members write a log'), 'utf8');
  assert.match(log, /state taken from a snapshot/);
  const [told] = (await late.client.membership()).ballots;
  assert.deepEqual([told?.voters, told?.digest], [[0], digest]);
  const hash = transactionHash(Buffer.from(`transaction ${BLOCKS - 1}`));
  assert.deepEqual(
    await late.client.get(hash),
    await first.client.get(hash),
    'with the sections of the state',
  );

  // Without the third the late member is needed for every block, the one that decides the change among them.
  federation.kill(2, 'consensus');
  for (const member of [late, second]) await approveChange(member.facts.paths.home, String(digest));
  await until(async () => (await late.client.status()).header?.epoch === 1n);
  assert.equal((await late.client.status()).haltReason, '');
  await until(async () => (await late.client.status()).missingHistory === undefined);
  const last = (await first.client.status()).header?.finalHeight ?? 0n;
  await until(async () => ((await late.client.status()).header?.finalHeight ?? 0n) >= last);
  for (let height = 1n; height <= last; height++) {
    assert.equal((await late.client.getHeader(height)).digest, (await first.client.getHeader(height)).digest);
  }
});
