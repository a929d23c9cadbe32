import assert from 'node:assert/strict';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FederationClient } from '#libs/client/client.ts';
import { runCommandLine } from '#test/support/command-line.ts';
import { LocalMembers } from '#test/support/local-members.ts';
import { approveChange } from '#test/support/operator.ts';

/** Generous: the machine may be busy with other tests. */
const FINAL_MS = 300_000;
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
  await until(async () => (await statusOf())['step'] !== 'prepared');
  const proposed = await statusOf();
  assert.equal(proposed['step'], 'proposed');
  assert.match(
    String(proposed['todo']),
    new RegExp(`voted for by m1; .*approve ${String(digest).slice(0, 12)}`),
  );
  const kept = await runCommandLine('signer', 'rotate', 'abandon', '--home', first.home);
  assert.match(kept.notes, /the prepared key is voted for in change .* so it stays/);
  for (const { home } of [third, fourth]) await approveChange(home, String(digest));
  await until(async () => (await second.client.status()).header?.epoch === 1n);

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

test('SIG-18 a sealed key that is locked gives way to one that is locked too; in quarantine its operator puts the other in place', async () => {
  await using federation = await LocalMembers.start({ members: 4 });
  const [first, second, third, fourth] = federation.members.map(({ facts, client }) => ({
    ...facts,
    client,
  }));
  assert.ok(first && second && third && fourth);
  const { home } = first.paths;
  const file = (name: string): string => join(federation.folder, name);
  writeFileSync(file('passphrase'), 'a passphrase of some words', { mode: 0o600 });
  const passphrase = ['--passphrase-file', file('passphrase')];
  const rotate = (step: string, ...more: readonly string[]) =>
    btcfed('signer', 'rotate', step, '--home', home, ...more);
  const changed = async (epoch: bigint, out: unknown): Promise<void> => {
    const change = ['--leave', 'm0', '--join', String(out)];
    const { digest } = await btcfed('members', 'propose', '--home', second.paths.home, ...change, '--yes');
    for (const { paths } of [third, fourth]) await approveChange(paths.home, String(digest));
    await until(async () => (await second.client.status()).header?.epoch === epoch);
  };
  await federation.stop(0, 'signer');
  await btcfed('signer', 'seal', '--home', home, '--new-passphrase-file', file('passphrase'));
  await federation.restart(0, 'signer');

  // Locked all the time: the handover needs no key.
  const sealed = await rotate('prepare', ...passphrase);
  await changed(1n, sealed['out']);
  await until(async () => (await rotate('status'))['current'] === sealed['keyId']);
  federation.kill(3, 'consensus');
  const { hash } = await second.client.submit(Buffer.from('waits for the new key'));
  assert.equal((await btcfed('signer', 'unlock', '--home', home, ...passphrase))['locked'], false);
  await second.client.wait(hash, { deadlineMs: FINAL_MS });
  await federation.restart(3, 'consensus');

  await federation.stop(0, 'signer');
  await btcfed('signer', 'state', 'quarantine', '--home', home, '--reason', 'a drill');
  await federation.restart(0, 'signer');
  const running = await runCommandLine(
    'signer',
    'rotate',
    'prepare',
    '--home',
    home,
    '--out',
    file('next.json'),
  );
  assert.match(running.notes, /in quarantine: stop the signer first/);
  await federation.stop(0, 'signer');
  const replacing = await rotate('prepare', '--out', file('next.json'), ...passphrase);
  assert.equal((await rotate('status'))['step'], 'prepared');
  await changed(2n, replacing['out']);
  const waiting = await rotate('status', '--address', second.clientAddress);
  assert.equal(waiting['step'], 'in-force');
  assert.match(String(waiting['todo']), /rotate activate --home/);
  const old = ['members', 'proof', '--home', second.paths.home];
  await btcfed(...old, '--from', '2', '--out', file('late.proof'));
  const refused = await runCommandLine(
    'signer',
    'rotate',
    'activate',
    '--home',
    home,
    '--proof',
    file('late.proof'),
  );
  assert.match(refused.notes, /no epoch from 1 to 1, .* knows the prepared key/);
  await btcfed(...old, '--out', file('members.proof'));
  const activated = await rotate('activate', '--proof', file('members.proof'));
  assert.deepEqual([activated['current'], activated['epoch']], [replacing['keyId'], 2]);

  await federation.restart(0, 'signer');
  await btcfed('signer', 'unlock', '--home', home, ...passphrase);
  // Its consensus halted while the key was in quarantine.
  await federation.stop(0, 'consensus');
  await federation.restart(0, 'consensus');
  federation.kill(3, 'consensus');
  await makeFinal(second.client, 'with the newest key');
});
