// A sealed key that is locked gives way to the next one without being opened, and a key in quarantine to one that its operator puts in place by a proof of the members, while the federation goes on (SIG-18).
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { FederationClient } from '#libs/client/client.ts';
import { LocalMembers } from '#test/support/federation/local-members.ts';
import { approveChange, btcfed } from '#test/support/federation/operator.ts';
import { runCommandLine } from '#test/support/programs/command-line.ts';
import { until } from '#test/support/within.ts';

/** Generous: the machine may be busy with other tests. */
const FINAL_MS = 300_000;

async function makeFinal(client: FederationClient, text: string): Promise<void> {
  const { hash } = await client.submit(Buffer.from(text));
  await client.wait(hash, { deadlineMs: FINAL_MS });
}

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
    await until('the epoch', async () => (await second.client.status()).header?.epoch === epoch);
  };
  await federation.stop(0, 'signer');
  await btcfed('signer', 'seal', '--home', home, '--new-passphrase-file', file('passphrase'));
  await federation.restart(0, 'signer');

  // Locked all the time: the handover needs no key.
  const sealed = await rotate('prepare', ...passphrase);
  await changed(1n, sealed['out']);
  await until('the next key', async () => (await rotate('status'))['current'] === sealed['keyId']);
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
