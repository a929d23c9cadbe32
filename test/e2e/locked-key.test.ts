import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runCommandLine } from '#test/support/command-line.ts';
import { LocalMembers } from '#test/support/local-members.ts';
import { until } from '#test/support/within.ts';

const FINAL_MS = 300_000;

test('SIG-18 a member with a sealed key starts, falls silent, and votes from the moment its key is unlocked', async () => {
  await using federation = await LocalMembers.start({ members: 4 });
  const [first] = federation.members;
  assert.ok(first);
  const { home } = first.facts.paths;
  const passphrase = join(federation.folder, 'passphrase');
  writeFileSync(passphrase, 'a passphrase of some words\n', { mode: 0o600 });

  await federation.stop(0, 'signer');
  const sealed = await runCommandLine('signer', 'seal', '--home', home, '--new-passphrase-file', passphrase);
  assert.equal(sealed.code, 0, sealed.notes);
  await federation.restart(0, 'signer');

  // Three of four are a quorum: without the third nothing is decided while the key is locked.
  await federation.stop(3, 'consensus');
  const client = federation.members[1]?.client;
  assert.ok(client);
  const { hash } = await client.submit(Buffer.from('waits for the key'));
  const status = await runCommandLine('tx', 'get', hash, '--address', first.facts.clientAddress);
  assert.notEqual(status.code, 0, status.out);

  const locked = await untilStatus(home, 1);
  assert.match(locked, /^mode +follows without votes: .*the key is locked.*btcfed signer unlock/m);

  const unlock = ['signer', 'unlock', '--home', home, '--passphrase-file', passphrase];
  const unlocked = await runCommandLine(...unlock);
  assert.equal(unlocked.out, 'the key is unlocked and signs', unlocked.notes);
  const { height } = await client.wait(hash, { deadlineMs: FINAL_MS });
  assert.ok(height > 0n);
  assert.match(await untilStatus(home, 0), /^mode +active$/m);
});

/** What `btcfed status` says once it ends with this exit code: it knows the signer some seconds late at most. */
async function untilStatus(home: string, code: number): Promise<string> {
  let shown = '';
  await until(`status ends with ${code}`, async () => {
    const ended = await runCommandLine('status', '--home', home);
    shown = ended.out;
    return ended.code === code;
  });
  return shown;
}
