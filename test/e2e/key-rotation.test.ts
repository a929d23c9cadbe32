import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { FederationClient } from '#libs/client/client.ts';
import { runCommandLine } from '#test/support/command-line.ts';
import { LocalMembers } from '#test/support/local-members.ts';
import { approveChange, btcfed } from '#test/support/operator.ts';
import { until } from '#test/support/within.ts';

/** Generous: the machine may be busy with other tests. */
const FINAL_MS = 300_000;

async function makeFinal(client: FederationClient, text: string): Promise<void> {
  const { hash } = await client.submit(Buffer.from(text));
  await client.wait(hash, { deadlineMs: FINAL_MS });
}

// A key that is sealed and locked, and one in quarantine: test/long/key-rotation.ts.
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
  assert.deepEqual(
    [before['next'], before['step'], before['running']],
    [prepared['keyId'], 'prepared', true],
  );
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
  const { digest } = await btcfed('members', 'propose', '--home', second.home, ...change, '--yes');
  const statusOf = () => btcfed('signer', 'rotate', 'status', '--home', first.home);
  await until('the change', async () => (await statusOf())['step'] !== 'prepared');
  const proposed = await statusOf();
  assert.equal(proposed['step'], 'proposed');
  assert.match(
    String(proposed['todo']),
    new RegExp(`voted for by m1; .*approve ${String(digest).slice(0, 12)}`),
  );
  const kept = await runCommandLine('signer', 'rotate', 'abandon', '--home', first.home);
  assert.match(kept.notes, /the prepared key is voted for in change .* so it stays/);
  for (const { home } of [third, fourth]) await approveChange(home, String(digest));
  await until('the epoch', async () => (await second.client.status()).header?.epoch === 1n);

  // Three of four decide: without the fourth the new key is needed.
  federation.kill(3, 'consensus');
  await makeFinal(second.client, 'after');
  const after = await btcfed('signer', 'rotate', 'status', '--home', first.home);
  assert.deepEqual([after['current'], after['next'], after['step']], [prepared['keyId'], null, 'none']);
  assert.deepEqual(pids(), pidsBefore);
  // The record of the old key stays as evidence, the key does not.
  const archive = join(first.signer, `before-${String(prepared['keyId'])}`);
  assert.deepEqual(readdirSync(archive), ['audit.key', 'signer.db', 'signer.key']);
  const audit = await btcfed('signer', 'audit', 'head', '--folder', archive);
  assert.ok(Number(audit['rows']) > 0);
  assert.equal(existsSync(join(first.signer, 'next')), false);

  // The new key and its record are what a start finds.
  await federation.stop(0, 'signer');
  await federation.restart(0, 'signer');
  await makeFinal(first.client, 'restarted');
});
