import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { digestBytes } from '#libs/chain/ids.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import { grpcClient } from '#libs/grpc/client.ts';
import {
  ConsensusServiceDefinition,
  type GetBlockResponse,
  type GetTransactionResponse,
} from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import { type ChainAnswers, exportChain } from '#test/support/chain/exported-chain.ts';
import type { LocalMembers, RunningMember } from '#test/support/federation/local-members.ts';
import { go, VERIFIER_FOLDER } from '#test/support/programs/go.ts';
import { BIT_FLIPS, withBitFlipped } from './bit-flips.ts';

/** Generous: the machine may be busy with other tests. */
const VERIFIER_MS = 300_000;

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

/** A stranger verifies the chain that a member tells of, over a change of the members; and with any one bit flipped refuses it. */
export async function verifyAsStranger(
  context: TestContext,
  {
    federation,
    member,
    texts,
  }: { federation: LocalMembers; member: RunningMember; texts: readonly string[] },
): Promise<void> {
  const hashes = texts.map((text) => digestBytes(transactionOf(Buffer.from(text)).hash));
  const answers = await ask(member, hashes);
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
}
