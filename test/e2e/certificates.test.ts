import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeCertificates } from '#services/cli/testnet/write-member.ts';
import { LocalMembers, type RunningMember } from '#test/support/local-members.ts';

const FINAL_MS = 300_000;

async function makeFinal({ client }: RunningMember, text: string): Promise<void> {
  const { hash } = await client.submit(Buffer.from(text));
  await client.wait(hash, { deadlineMs: FINAL_MS });
}

function renewals({ facts }: RunningMember): number {
  const log = readFileSync(join(facts.paths.logsFolder, 'btc-federation.log'), 'utf8');
  return log.split('certificate renewed').length - 1;
}

test('a member whose signer and consensus get certificates of another authority goes on voting without a restart', async () => {
  await using federation = await LocalMembers.start({ members: 4 });
  const [first] = federation.members;
  assert.ok(first);
  await makeFinal(first, 'before');
  // From here on every decision needs the vote of the first.
  federation.kill(3, 'consensus');
  const pids = [federation.pidOf(0, 'signer'), federation.pidOf(0, 'consensus')];
  await writeCertificates(first.facts.paths, 'another authority');
  for (const end = Date.now() + FINAL_MS; renewals(first) < 2; ) {
    assert.ok(Date.now() < end, 'both services say that they have it');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  for (let i = 0; i < 3; i++) await makeFinal(first, `after ${i}`);
  assert.deepEqual([federation.pidOf(0, 'signer'), federation.pidOf(0, 'consensus')], pids);
});
