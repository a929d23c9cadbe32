import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { transactionOf } from '#libs/chain/transaction.ts';
import type { FederationClient } from '#libs/client/client.ts';
import type { ClientEvidence } from '#libs/client/evidence.ts';
import { ignorePassing } from '#test/support/federation/black-box.ts';
import { LocalMembers, type RunningMember } from '#test/support/federation/local-members.ts';
import { SteadyLoad } from '#test/support/federation/steady-load.ts';
import { until } from '#test/support/within.ts';
import { lyingMember } from './lying-member.ts';

const CLI = new URL('../../../services/cli/main.ts', import.meta.url).pathname;
const LIAR = 3;
const SECOND_LIAR = 2;
/** Generous: the machine may be busy with other tests. */
const FOUND_MS = 300_000;
const COMMAND_MS_MAX = 300_000;

/** Evidence against one member that is kept for one view (BYZ-28). */
const PER_VIEW_MAX = 10;

async function listed(client: FederationClient): Promise<readonly ClientEvidence[]> {
  const all: ClientEvidence[] = [];
  for await (const each of client.evidence()) all.push(each);
  return all;
}

function hasInBlock(all: readonly ClientEvidence[], kind: ClientEvidence['kind']): boolean {
  return all.some((each) => each.kind === kind && each.height !== undefined);
}

async function btcfed(...args: readonly string[]) {
  const command = [CLI, 'evidence', ...args];
  const { stdout } = await promisify(execFile)(process.execPath, command, { timeout: COMMAND_MS_MAX });
  return stdout.trim();
}

/** A second member of four lies too: the two honest ones stop, name both, and stop again at each start until a person has judged. */
async function onTwoLiars(
  federation: LocalMembers,
  [first, second]: readonly RunningMember[],
): Promise<void> {
  assert.ok(first !== undefined && second !== undefined);
  using _ = await lyingMember(federation, SECOND_LIAR, 2);
  const reason = async ({ client }: RunningMember) => (await client.status()).haltReason;
  for (const member of [first, second]) {
    await until(
      'a member that halts',
      async () => /names m2, m3 as liars/.test(await reason(member)),
      FOUND_MS,
    );
  }
  await federation.stop(0, 'consensus');
  await federation.restart(0, 'consensus');
  const again = async () => (await reason(first).catch(ignorePassing)) ?? '';
  await until(
    'the reason after a start',
    async () => /weight 2 of 4, and at most 1 may lie/.test(await again()),
    FOUND_MS,
  );
}

test('TW-2.8.7 BYZ-27 BYZ-28 A5-13 E2E-09 a member that votes and proposes twice is proved a liar by all, and nobody else is, also after a crash', async (t) => {
  await using federation = await LocalMembers.start({ members: 4 });
  using _ = await lyingMember(federation, LIAR, 2);
  const honest = federation.members.filter((_member, index) => index !== LIAR);
  const clients = honest.map(({ client }) => client);
  await using load = new SteadyLoad({ clients, perSecond: 20, transactionBytes: 200 });
  load.start();

  await until(
    'both lies in a block, as every honest member tells it',
    async () => {
      const all = await Promise.all(clients.map((client) => listed(client).catch(ignorePassing)));
      return all.every((each = []) => hasInBlock(each, 'double-vote') && hasInBlock(each, 'double-proposal'));
    },
    FOUND_MS,
  );

  // A member that was killed meanwhile accuses nobody either, and nobody accuses it.
  federation.kill(0, 'consensus');
  await federation.restart(0, 'consensus');
  const last = Buffer.from('after the crash');
  const isTaken = () => clients[0]!.submit(last).catch(ignorePassing);
  await until('the restarted member', async () => (await isTaken()) !== undefined, FOUND_MS);
  await clients[0]!.wait(transactionOf(last).hash, { deadlineMs: FOUND_MS });

  for (const client of clients) {
    const all = await listed(client);
    assert.deepEqual([...new Set(all.map(({ member }) => member))], [LIAR]);
    const perView = Map.groupBy(all, ({ view }) => view);
    assert.ok([...perView.values()].every((some) => some.length <= PER_VIEW_MAX));
    assert.ok(hasInBlock(all, 'double-vote') && hasInBlock(all, 'double-proposal'));
  }
  // The one that was restarted has counted anew.
  for (const client of clients.slice(1)) {
    const { refusedMessages } = await client.status();
    assert.ok((refusedMessages['false-evidence'] ?? 0n) > 0n, JSON.stringify(Object.keys(refusedMessages)));
  }

  const stranger = mkdtempSync(join(tmpdir(), 'btcfed-stranger-'));
  t.after(() => rmSync(stranger, { recursive: true }));
  const { facts } = honest[1]!;
  const lines = (await btcfed('list', '--address', facts.clientAddress, '--json')).split('\n');
  const shown = lines.map((line) => JSON.parse(line)).find(({ kind }) => kind === 'double-vote');
  const [genesis, file] = [join(stranger, 'genesis.json'), join(stranger, 'proof')];
  copyFileSync(facts.paths.genesis, genesis);
  await btcfed('export', shown.digest, '--address', facts.clientAddress, '--out', file);
  const verdict = JSON.parse(await btcfed('verify', file, '--genesis', genesis, '--json'));
  assert.deepEqual([verdict.verified, verdict.name, verdict.kind], [true, `m${LIAR}`, 'double-vote']);

  const bytes = readFileSync(file);
  bytes.writeUInt8((bytes.at(-9) ?? 0) ^ 1, bytes.length - 9);
  writeFileSync(file, bytes);
  await assert.rejects(btcfed('verify', file, '--genesis', genesis), { code: 1 });

  await onTwoLiars(federation, honest.slice(0, 2));
});
