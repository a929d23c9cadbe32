import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { sealBlock } from '#libs/chain/block.ts';
import { digestBytes, toEpoch, toHeight } from '#libs/chain/ids.ts';
import { type CertifiedHeight, droppable } from '#libs/chain/kept-certificates.ts';
import { verifyInclusion } from '#libs/chain/merkle.ts';
import { stateLeafOf } from '#libs/chain/state-leaf.ts';
import type { Transaction } from '#libs/chain/transaction.ts';
import type { SafetyRecord } from '#libs/protocol/hotstuff/record.ts';
import { HOTSTUFF } from '#libs/protocols/hosted-protocols.ts';
import { CHAIN_DIGEST, certificateFor, GENESIS, SMALL_RULE } from '#test/support/chain/chain-fixture.ts';
import { recordIn } from '#test/support/hotstuff/sealed.ts';
import type { ChainStore } from './chain-store.ts';
import { openChainStore } from './open-chain-store.ts';

const CHILD = fileURLToPath(new URL('../../../test/support/chain/commit-until-killed.ts', import.meta.url));
const ROUNDS = 4;
/**
 * The least number of lines of a round before it is killed: enough to cross checkpoints, and different in each round.
 */
const LINES_MIN = 60;

let folder: string;
let path: string;

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'chain-crash-'));
  path = join(folder, 'chain.db');
});

after(() => rmSync(folder, { recursive: true }));

/** Runs the child, kills it in the middle of its work, and returns its newest message. */
async function runAndKill(lines: number): Promise<{ readonly height: bigint; readonly view: bigint }> {
  const child: ChildProcess = spawn(process.execPath, [CHILD, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  let said = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    if (said.split('\n').length > lines) child.kill('SIGKILL');
  });
  const [, signal] = await ended;
  assert.equal(signal, 'SIGKILL', 'the child ran until it was killed');
  const newest = (word: string) =>
    [...said.matchAll(new RegExp(`${word} (\\d+)\n`, 'g'))].reduce((_, [, value]) => BigInt(value ?? 0), 0n);
  return { height: newest('height'), view: newest('view') };
}

function assertWhole(store: ChainStore): void {
  let parent = GENESIS.block.digest;
  for (let height = 1n; height <= store.tip().height; height++) {
    const certified = store.certifiedBlock(toHeight(height));
    assert.ok(certified, `block ${height}`);
    const { block, certificate, descendants } = certified;
    assert.equal(block.header.parent, parent);
    const proved = descendants.at(-1) ?? block.header;
    assert.deepEqual(certificate, certificateFor(sealBlock(proved, [])));
    assertProved(store, block.header.stateRoot, block.transactions.at(-1)!);
    parent = block.digest;
  }
  assert.equal(store.tip().digest, parent);
}

/** The heights that have a certificate of their own, ascending. */
function certificatesIn(store: ChainStore): readonly CertifiedHeight[] {
  const heights = Array.from({ length: Number(store.tip().height) + 1 }, (_, at) => toHeight(BigInt(at)));
  return heights
    .filter((height) => store.certificateWithin({ from: height, to: height }) !== undefined)
    .map((height) => ({ height, epoch: toEpoch(0n) }));
}

/** Nothing that may go was left by a kill, and no certificate that nothing names. */
function assertPruned(kept: readonly CertifiedHeight[]): void {
  const tip = kept.at(-1)?.height ?? assert.fail();
  assert.deepEqual(droppable(kept.slice(1), toHeight(0n), SMALL_RULE, tip), []);
  const db = new DatabaseSync(path);
  const unnamed = db
    .prepare(
      `SELECT hex(digest) FROM certificate WHERE NOT EXISTS (SELECT 1 FROM final WHERE certificate = digest)
       AND NOT EXISTS (SELECT 1 FROM safety_record WHERE instr(content, lower(hex(digest))) > 0)`,
    )
    .all();
  db.close();
  assert.deepEqual(unnamed, []);
}

/** The member's vote and lock in its view, and the block itself. */
function assertRecordWhole(store: ChainStore, { view, voted, locked }: SafetyRecord): void {
  const header = voted.commit && store.headerOf(voted.commit.digest);
  assert.equal(header?.view, view);
  assert.deepEqual([voted.prepare, voted['pre-commit']], [voted.commit, voted.commit]);
  assert.deepEqual(locked, certificateFor(sealBlock(header!, []), 'pre-commit'));
}

function assertProved(store: ChainStore, stateRoot: string, transaction: Transaction): void {
  const found = store.transaction(transaction.hash);
  assert.ok(found, 'every transaction is indexed');
  const root = digestBytes(stateRoot as Parameters<typeof digestBytes>[0]);
  assert.ok(verifyInclusion({ ...found.stateProof, root, leafHash: stateLeafOf(transaction) }));
}

test('a member that is killed at any moment keeps all that it said, and half of nothing', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const said = await runAndKill(LINES_MIN + 37 * round);
    const store = openChainStore({
      path,
      genesis: GENESIS.block,
      chainDigest: CHAIN_DIGEST,
      protocol: HOTSTUFF,
      member: 'm0',
      mustExist: true,
      rule: SMALL_RULE,
    });
    const { height } = store.tip();
    assert.ok(height >= said.height, `height ${height} after it said ${said.height}`);
    const record = recordIn(store.loadRecord());
    assert.ok(record !== undefined && record.view >= said.view, 'the record of every vote is there');
    assert.ok(record.view - height <= 1n, 'nothing is ahead of its record');
    assertRecordWhole(store, record);
    assertWhole(store);
    const kept = certificatesIn(store);
    store.close();
    assertPruned(kept);
  }
});
