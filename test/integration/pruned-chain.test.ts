import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Digest, digestBytes, toHeight } from '#libs/chain/ids.ts';
import { decodeChainProof, encodeChainProof } from '#libs/client/chain-proof.ts';
import { verifyTransactionProof } from '#libs/client/verify-transaction.ts';
import { grpcClient } from '#libs/grpc/client.ts';
import { grpcServer } from '#libs/grpc/server.ts';
import { bindService } from '#libs/grpc/service.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import {
  ConsensusServiceDefinition,
  type GetBlockResponse,
  type GetTransactionResponse,
} from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import { foundingOf } from '#libs/settings/genesis-membership.ts';
import { genesisText } from '#libs/settings/genesis-text.ts';
import { trustFrom } from '#services/cli/adapters/trust.ts';
import { runProgram } from '#services/cli/program.ts';
import type { ChainStore } from '#services/consensus/adapters/chain-store.ts';
import { CLIENT_LIMITS } from '#services/consensus/adapters/client/limits.ts';
import { clientApi } from '#services/consensus/adapters/client-api.ts';
import { CLIENT_STATUS } from '#services/consensus/adapters/grpc-status.ts';
import { exportChain } from '#test/support/chain/exported-chain.ts';
import { SignedChain } from '#test/support/chain/signed-chain.ts';
import { memoryMember } from '#test/support/consensus/client-ports.ts';
import { go, noGo, VERIFIER_FOLDER } from '#test/support/programs/go.ts';

// A member on a real chain.db that has dropped certificates, asked by the command line and by the verifier of a stranger.

const BLOCKS = 24;
const RULE = { newest: 4, every: 10 };
const GO_MS_MAX = 300_000;
const log = memoryLogger();
const folder = mkdtempSync(join(tmpdir(), 'pruned-chain-'));
const genesisFile = join(folder, 'genesis.json');
const closers: (() => unknown)[] = [];
let store: ChainStore;
let address: string;

before(async () => {
  const chain = await SignedChain.of({
    ...{ scheme: 'slh-dsa-sha2-128f', blocks: BLOCKS, blocksPerCertificate: 1 },
    ...{ transactionsPerBlock: 1, transactionBytes: 10 },
  });
  store = chain.open(folder, RULE);
  await chain.decide(store);
  writeFileSync(genesisFile, genesisText(chain.file));
  const founding = foundingOf(chain.file, chain.genesis.digest);
  const { ports } = memoryMember();
  const membership = { current: () => founding, epoch: () => founding };
  const identity = { ...ports.identity, chainDigest: chain.scope.chain };
  const api = clientApi({ ...ports, identity, membership, chain: store }, CLIENT_LIMITS);
  const service = bindService(ConsensusServiceDefinition, api.handlers, { log, statusByCode: CLIENT_STATUS });
  const server = grpcServer({ address: '127.0.0.1:0', services: [service], log });
  await api.start();
  await server.start();
  address = server.boundAddress();
  closers.push(
    () => api.stop(),
    () => server.stop(),
  );
});

after(async () => {
  for (const close of closers) await close();
  store.close();
  rmSync(folder, { recursive: true });
});

async function run(...args: readonly string[]) {
  const out: string[] = [];
  const notes: string[] = [];
  const code = await runProgram([...args, '--address', address], {
    terminal: { out: (line) => out.push(line), note: (line) => notes.push(line), isInteractive: false },
    ...{ env: {}, root: '/nowhere', node: process.execPath, sinceStartMs: () => 0 },
    readInput: async () => new Uint8Array(),
    interruption: () => assert.fail('started something'),
  });
  return { code, out: out.join('\n'), notes: notes.join('\n') };
}

const transactionAt = (height: number): Digest =>
  store.blockAt(toHeight(BigInt(height)))?.transactions[0]?.hash ?? assert.fail();

/** All that a stranger asks a member for. */
async function answers(): Promise<Parameters<typeof exportChain>[0]> {
  const api = grpcClient(ConsensusServiceDefinition, { address });
  await using _ = { [Symbol.asyncDispose]: async () => api.close() };
  const blocks: GetBlockResponse[] = [];
  const transactions: GetTransactionResponse[] = [];
  for (let height = 0; height <= BLOCKS; height++) {
    const ask = { height: BigInt(height), latest: false, headerOnly: false, firstTransaction: 0 };
    blocks.push(await api.getBlock(ask));
    if (height === 0) continue;
    transactions.push(await api.getTransaction({ transactionHash: digestBytes(transactionAt(height)) }));
  }
  const genesis = JSON.parse(readFileSync(genesisFile, 'utf8'));
  return { genesis, handovers: [], blocks, transactions, evidence: [] };
}

describe('a member that has dropped certificates', () => {
  test('says of each block whether its certificate is kept, and which height proves it', async () => {
    const { blocks } = await answers();
    const said = blocks.map(({ certificateKept, certifiedHeight }) => [
      certificateKept,
      Number(certifiedHeight),
    ]);
    assert.deepEqual(said[0], [true, 0]);
    assert.deepEqual(said[1], [false, 10]);
    assert.deepEqual(said[10], [true, 10]);
    assert.deepEqual(said[11], [false, 20]);
    assert.deepEqual(
      said.slice(20),
      [20, 21, 22, 23, 24].map((height) => [true, height]),
    );
    assert.deepEqual(
      blocks[7]?.descendants.map(({ height }) => height),
      [8n, 9n, 10n],
    );
  });

  test('says nothing of it on the pages that leave the proof out', async () => {
    const api = grpcClient(ConsensusServiceDefinition, { address });
    await using _ = { [Symbol.asyncDispose]: async () => api.close() };
    const page = await api.getBlock({ height: 10n, latest: false, headerOnly: false, firstTransaction: 1 });
    assert.deepEqual(
      [page.certificateKept, page.certifiedHeight, page.commitCertificate],
      [false, 0n, undefined],
    );
  });

  test('block get tells it to people and programs, and --verify believes both', async () => {
    const old = await run('block', 'get', '7', '--verify', genesisFile);
    assert.equal(old.code, 0, old.notes);
    assert.match(old.out, /^certified by {2}members 0, 1, 2, verified$/m);
    assert.match(old.out, /^certificate {3}not kept: that of height 10 proves it, by 3 headers$/m);
    const kept = await run('block', 'get', '10', '--verify', genesisFile);
    assert.match(kept.out, /^certificate {3}kept$/m);
    const json = JSON.parse((await run('block', 'get', '7', '--verify', genesisFile, '--json')).out);
    assert.deepEqual([json.certificateKept, json.certifiedHeight, json.verified], [false, 10, true]);
  });

  test('tx get --verify proves a transaction of an old block', async () => {
    for (const height of [7, 10, 22]) {
      const { code, out, notes } = await run(
        'tx',
        'get',
        transactionAt(height),
        '--verify',
        genesisFile,
        '--json',
      );
      assert.equal(code, 0, notes);
      assert.equal(JSON.parse(out).verified, true);
    }
  });

  test('gives a receipt of an old block that is verified without a network', async () => {
    const hash = transactionAt(3);
    const found = store.transaction(hash) ?? assert.fail();
    const block = store.certifiedBlock(found.height) ?? assert.fail();
    const proof = { ...found, block: { ...block, header: block.block.header } };
    const file = encodeChainProof({ handovers: [], transaction: proof });
    const { transaction } = decodeChainProof(file);
    assert.equal(transaction?.block.descendants.length, 7);
    const verdict = await verifyTransactionProof(
      found.transaction.bytes,
      transaction ?? assert.fail(),
      trustFrom(genesisFile),
    );
    assert.deepEqual(verdict, { ok: true });
    const [first, , ...others] = transaction.block.descendants;
    const torn = {
      ...transaction,
      block: { ...transaction.block, descendants: [first ?? assert.fail(), ...others] },
    };
    assert.deepEqual(await verifyTransactionProof(found.transaction.bytes, torn, trustFrom(genesisFile)), {
      ok: false,
      fault: 'descendants are not a chain',
    });
  });

  test('is believed by the verifier of a stranger, who refuses a way with a header less', {
    skip: noGo,
  }, async () => {
    const told = await answers();
    const torn = told.blocks.map((each, height) =>
      height === 7 ? { ...each, descendants: each.descendants.slice(1) } : each,
    );
    const long = told.blocks.map((each, height) =>
      height === 7
        ? { ...each, descendants: Array.from({ length: 1_025 }, () => each.descendants[0] ?? assert.fail()) }
        : each,
    );
    const files = [told.blocks, torn, long].map((blocks, at) => {
      const file = join(folder, `${at}.json`);
      writeFileSync(file, JSON.stringify(exportChain({ ...told, blocks })));
      return file;
    });
    const options = { cwd: VERIFIER_FOLDER, encoding: 'utf8' } as const;
    const program = join(folder, 'verifier');
    const built = spawnSync(go ?? '', ['build', '-o', program, '.'], { ...options, timeout: GO_MS_MAX });
    assert.equal(built.status, 0, built.stderr);
    const verdicts = spawnSync(program, files, { ...options, timeout: GO_MS_MAX })
      .stdout.trimEnd()
      .split('\n');
    assert.match(verdicts[0] ?? '', /^verified /);
    assert.match(verdicts[1] ?? '', /^refused .*the descendants are not a chain/);
    assert.match(verdicts[2] ?? '', /^refused .*too many descendants/);
  });
});
