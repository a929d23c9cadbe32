import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FederationClient } from '#libs/client/client.ts';
import { type MemberFile, memberFileText } from '#services/cli/adapters/member-file.ts';
import { readConfiguration, readMemberHome } from '#services/cli/adapters/read-home.ts';
import { runProgram } from '#services/cli/program.ts';
import { LocalMembers } from '#test/support/local-members.ts';

/** Generous: the machine may be busy with other tests. */
const FINAL_MS = 120_000;
const POLL_MS = 100;

/** One command line of btcfed; its answer, which is one JSON object. */
async function btcfed(...args: readonly string[]): Promise<Record<string, unknown>> {
  const out: string[] = [];
  const notes: string[] = [];
  const code = await runProgram([...args, '--json'], {
    terminal: {
      out: (line) => void out.push(line),
      note: (line) => void notes.push(line),
      isInteractive: false,
    },
    env: {},
    root: new URL('../..', import.meta.url).pathname,
    node: process.execPath,
    readInput: () => assert.fail('nothing is read'),
    interruption: () => assert.fail('nothing has to be stopped'),
    sinceStartMs: () => 0,
  });
  assert.equal(code, 0, notes.join('\n'));
  return JSON.parse(out.join('')) as Record<string, unknown>;
}

/** member.json of the founders, as they would hand them on. */
function memberFiles({ members, folder }: LocalMembers): readonly string[] {
  return members.map(({ facts }) => {
    const { genesis, index } = readMemberHome(facts.paths.home, {});
    const own = genesis.members[index] ?? assert.fail();
    const { networkAddresses: addresses } = readConfiguration(facts.paths.conf);
    const file: MemberFile = {
      name: own.name,
      scheme: genesis.scheme,
      consensusPublicKey: own.consensusPublicKey,
      gatewayPublicKey: own.gatewayPublicKey,
      addresses,
    };
    const path = join(folder, `${own.name}.json`);
    writeFileSync(path, memberFileText(file));
    return path;
  });
}

async function makeFinal(client: FederationClient, text: string): Promise<void> {
  const { hash } = await client.submit(Buffer.from(text));
  await client.wait(hash, { deadlineMs: FINAL_MS });
}

/** Asks until it holds; the limit of the test ends it otherwise. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + FINAL_MS; Date.now() < end; await sleep(POLL_MS)) if (await holds()) return;
  assert.fail('not in time');
}

test('FED-08 FED-17 a member joins and another leaves: by the commands of the operators, in real processes', async () => {
  await using federation = await LocalMembers.start({ members: 4 });
  const [first] = federation.members;
  assert.ok(first);
  const { client } = first;
  await makeFinal(client, 'before');

  const home = join(federation.folder, 'erin');
  const port = federation.sparePort;
  const addresses = [
    '--client-address',
    `127.0.0.1:${port + 1}`,
    '--signer-address',
    `127.0.0.1:${port + 2}`,
  ];
  const listen = ['--listen', `/ip4/127.0.0.1/tcp/${port}`, '--announce', `/ip4/127.0.0.1/tcp/${port}`];
  await btcfed('init', '--home', home, '--name', 'erin', ...listen, ...addresses);
  const genesis = first.facts.paths.genesis;
  await btcfed(
    'init',
    '--home',
    home,
    '--genesis',
    genesis,
    '--join',
    '--member',
    ...memberFiles(federation),
  );
  const { facts } = readMemberHome(home, {});
  const homes = federation.members.map((member) => member.facts.paths.home);
  const [proposer, ...approvers] = [homes[0], homes[1], homes[3]].map((each) => each ?? assert.fail());
  assert.ok(proposer);

  const change = ['--join', join(home, 'member.json'), '--leave', 'm2'];
  const { digest } = await btcfed('members', 'propose', '--home', proposer, ...change);
  const erin = await federation.join(facts);
  await until(async () => (await erin.client.status()).header?.finalHeight !== 0n);
  assert.equal((await erin.client.status()).guest, true);
  for (const approver of approvers)
    await btcfed('members', 'approve', String(digest).slice(0, 8), '--home', approver);

  await until(async () => (await erin.client.status()).header?.epoch === 1n);
  const listed = await btcfed('members', 'list', '--address', facts.clientAddress);
  const names = (listed['members'] as { name: string }[]).map(({ name }) => name);
  assert.deepEqual(names, ['m0', 'm1', 'm3', 'erin']);
  assert.equal((await erin.client.status()).guest, false);
  const left = federation.members[2]?.client ?? assert.fail();
  await until(async () => (await left.status()).guest);

  // Three of four decide: without m1 the new member's votes are needed.
  federation.kill(1, 'consensus');
  await makeFinal(erin.client, 'after');
  // Final for the new member, who may lead: for the others a moment later.
  await until(async () => (await client.getHeader('latest')).header.epoch === 1n);
  const proved = await btcfed(
    'block',
    'get',
    'latest',
    '--verify',
    genesis,
    '--address',
    facts.clientAddress,
  );
  assert.equal(proved['verified'], true, 'from the genesis alone, through the handover');
  await until(
    async () => (await left.status()).header?.finalHeight === (await client.status()).header?.finalHeight,
  );
});
