import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FederationClient } from '#libs/client/client.ts';
import { runCommandLine } from '#test/support/command-line.ts';
import { LocalMembers } from '#test/support/local-members.ts';

/** Generous: the machine may be busy with other tests. */
const FINAL_MS = 120_000;
const POLL_MS = 100;

async function btcfed(...args: readonly string[]): Promise<Record<string, unknown>> {
  const { code, out, notes } = await runCommandLine(...args, '--json');
  assert.equal(code, 0, notes);
  return JSON.parse(out);
}

async function makeFinal(client: FederationClient, text: string): Promise<void> {
  const { hash } = await client.submit(Buffer.from(text));
  await client.wait(hash, { deadlineMs: FINAL_MS });
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + FINAL_MS; Date.now() < end; await sleep(POLL_MS)) if (await holds()) return;
  assert.fail('not in time');
}

test('SIG-18 a member changes its key while the federation goes on, and no process is restarted', async () => {
  await using federation = await LocalMembers.start({ members: 4 });
  const [first, second, third, fourth] = federation.members.map(({ facts, client }) => ({
    home: facts.paths.home,
    signer: facts.paths.signerFolder,
    client,
  }));
  assert.ok(first && second && third && fourth);
  await makeFinal(second.client, 'before');
  const pids = () => [federation.pidOf(0, 'signer'), federation.pidOf(0, 'consensus')];
  const pidsBefore = pids();

  const prepared = await btcfed('signer', 'rotate', 'prepare', '--home', first.home);
  const before = await btcfed('signer', 'rotate', 'status', '--home', first.home);
  assert.equal(before['next'], prepared['keyId']);
  const again = await runCommandLine(
    'signer',
    'rotate',
    'prepare',
    '--home',
    first.home,
    '--out',
    join(federation.folder, 'x.json'),
  );
  assert.match(again.notes, /next\/signer\.key: it exists already/);
  // The old key goes on until its epoch ends.
  await makeFinal(second.client, 'prepared');

  const change = ['--leave', 'm0', '--join', String(prepared['out'])];
  const { digest } = await btcfed('members', 'propose', '--home', second.home, ...change);
  for (const { home } of [third, fourth]) await btcfed('members', 'approve', String(digest), '--home', home);
  await until(async () => (await second.client.status()).header?.epoch === 1n);

  // Three of four decide: without the fourth the new key is needed.
  federation.kill(3, 'consensus');
  await makeFinal(second.client, 'after');
  const after = await btcfed('signer', 'rotate', 'status', '--home', first.home);
  assert.deepEqual([after['current'], after['next']], [prepared['keyId'], null]);
  assert.deepEqual(pids(), pidsBefore);
  // The record of the old key stays as evidence, the key does not.
  const archive = join(first.signer, `before-${String(prepared['keyId'])}`);
  assert.deepEqual(readdirSync(archive), ['signer.db']);
  assert.equal(existsSync(join(first.signer, 'next')), false);

  // The new key and its record are what a start finds.
  await federation.stop(0, 'signer');
  await federation.restart(0, 'signer');
  await makeFinal(first.client, 'restarted');
});
