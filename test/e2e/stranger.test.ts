import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { digestBytes } from '#libs/chain/ids.ts';
import type { FederationClient } from '#libs/client/client.ts';
import { grpcClient } from '#libs/grpc/client.ts';
import {
  ConsensusServiceDefinition,
  type GetBlockResponse,
  type GetTransactionResponse,
} from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import { BIT_FLIPS, withBitFlipped } from '#test/support/bit-flips.ts';
import { type ChainAnswers, exportChain } from '#test/support/exported-chain.ts';
import { go, noGo, VERIFIER_FOLDER } from '#test/support/go.ts';
import { LocalMembers, type RunningMember } from '#test/support/local-members.ts';
import { approveChange, btcfed, joiningHome } from '#test/support/operator.ts';

/** Generous: the machine may be busy with other tests. */
const FINAL_MS = 300_000;
const POLL_MS = 100;
const VERIFIER_MS = 300_000;

async function makeFinal(client: FederationClient, text: string): Promise<Uint8Array> {
  const { hash } = await client.submit(Buffer.from(text));
  await client.wait(hash, { deadlineMs: FINAL_MS });
  return digestBytes(hash);
}

/** One member leaves and another joins, who need not run for that. */
async function changeMembers(federation: LocalMembers, client: FederationClient): Promise<void> {
  const home = await joiningHome(federation, 'erin');
  const [proposer = '', ...approvers] = [0, 1, 3].map(
    (at) => federation.members[at]?.facts.paths.home ?? assert.fail(),
  );
  const change = ['--join', join(home, 'member.json'), '--leave', 'm2', '--yes'];
  const { digest } = await btcfed('members', 'propose', '--home', proposer, ...change);
  for (const approver of approvers) await approveChange(approver, String(digest).slice(0, 8));
  for (const end = Date.now() + FINAL_MS; Date.now() < end; await sleep(POLL_MS)) {
    if ((await client.status()).header?.epoch === 1n) return;
  }
  assert.fail('the members did not change in time');
}

/** All that a stranger asks one member for. */
async function ask({ facts }: RunningMember, hashes: readonly Uint8Array[]): Promise<ChainAnswers> {
  const api = grpcClient(ConsensusServiceDefinition, { address: facts.clientAddress });
  await using _ = { [Symbol.asyncDispose]: async () => api.close() };
  const latest = await api.getBlock({ height: 0n, latest: true, headerOnly: true, firstTransaction: 0 });
  const blocks: GetBlockResponse[] = [];
  for (let height = 0n; height <= (latest.block?.header?.height ?? 0n); height++) {
    blocks.push(await api.getBlock({ height, latest: false, headerOnly: false, firstTransaction: 0 }));
  }
  const transactions: GetTransactionResponse[] = [];
  for (const transactionHash of hashes) transactions.push(await api.getTransaction({ transactionHash }));
  const genesis = JSON.parse(readFileSync(facts.paths.genesis, 'utf8')) as object;
  return { genesis, handovers: [await api.getHandover({ epoch: 1n })], blocks, transactions, evidence: [] };
}

/** The verdict of the verifier on each chain, by name. */
function judge(folder: string, chains: ReadonlyMap<string, ChainAnswers>): ReadonlyMap<string, string> {
  const options = { cwd: VERIFIER_FOLDER, encoding: 'utf8' } as const;
  const program = join(folder, 'verifier');
  const build = ['build', '-o', program, '.'];
  const built = spawnSync(go ?? '', build, { ...options, timeout: VERIFIER_MS });
  assert.equal(built.status, 0, built.stderr);
  const files = [...chains].map(([name, answers], at) => {
    const file = join(folder, `${at}.json`);
    writeFileSync(file, JSON.stringify(exportChain(answers)));
    return [name, file] as const;
  });
  const paths = files.map(([, file]) => file);
  const { stdout, stderr } = spawnSync(program, paths, { ...options, timeout: VERIFIER_MS });
  assert.equal(stderr, '');
  const verdicts = stdout.trimEnd().split('\n');
  assert.equal(verdicts.length, files.length);
  return new Map(files.map(([name], at) => [name, verdicts[at] ?? '']));
}

test('F-31 a stranger verifies a live chain over a change of its members, and refuses it with any one bit flipped', {
  skip: noGo,
}, async (context) => {
  await using federation = await LocalMembers.start({ members: 4 });
  const [first] = federation.members;
  assert.ok(first);
  const hashes = [await makeFinal(first.client, 'before')];
  await changeMembers(federation, first.client);
  hashes.push(await makeFinal(first.client, 'after'));
  const answers = await ask(first, hashes);
  const epochs = new Set(answers.blocks.map(({ block }) => block?.header?.epoch));
  assert.deepEqual([...epochs], [0n, 1n]);

  const folder = join(federation.folder, 'stranger');
  mkdirSync(folder);
  const chains = new Map([['untouched', answers]]);
  for (const each of BIT_FLIPS) chains.set(each[0], withBitFlipped(answers, each));
  assert.ok(BIT_FLIPS.length >= 20);
  for (const [name, verdict] of judge(folder, chains)) {
    context.diagnostic(`${name}: ${verdict.replace(folder, '')}`);
    assert.match(verdict, name === 'untouched' ? /^verified .* 1 changes of the members/ : /^refused /, name);
  }
});
