import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeCertificates } from '#services/launcher/testnet/write-member.ts';
import type { LocalMembers, RunningMember } from '#test/support/federation/local-members.ts';
import { until } from '#test/support/within.ts';

const FINAL_MS = 300_000;

async function makeFinal({ client }: RunningMember, text: string): Promise<void> {
  const { hash } = await client.submit(Buffer.from(text));
  await client.wait(hash, { deadlineMs: FINAL_MS });
}

function renewals({ facts }: RunningMember): number {
  const log = readFileSync(join(facts.paths.logsFolder, 'btc-federation.log'), 'utf8');
  return log.split('certificate renewed').length - 1;
}

/** Signer and consensus of a member get certificates of another authority, and its vote is needed. Leaves the federation whole. */
export async function renewCertificates(federation: LocalMembers): Promise<void> {
  const [first] = federation.members;
  assert.ok(first);
  await makeFinal(first, 'before the renewal');
  // From here on every decision needs the vote of the first.
  federation.kill(3, 'consensus');
  const pids = [federation.pidOf(0, 'signer'), federation.pidOf(0, 'consensus')];
  await writeCertificates(first.facts.paths, 'another authority');
  await until('both services say that they have it', () => renewals(first) >= 2, FINAL_MS);
  for (let i = 0; i < 3; i++) await makeFinal(first, `after the renewal ${i}`);
  assert.deepEqual([federation.pidOf(0, 'signer'), federation.pidOf(0, 'consensus')], pids);
  await federation.restart(3, 'consensus');
}
