import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { toHex } from '#libs/bytes/hex.ts';
import { type Block, sealBlock } from '#libs/chain/block.ts';
import { toDigest, toEpoch, toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import { leafHash, merkleRoot } from '#libs/chain/merkle.ts';
import { stateLeafOf } from '#libs/chain/state-leaf.ts';
import type { TransactionProof } from '#libs/client/verify-transaction.ts';
import { GENESIS } from '#test/support/hotstuff-harness.ts';
import { SignerPeers } from '#test/support/signer-peers.ts';
import { approve } from './adapters/approver-key.ts';
import { approvalBytes, RECOVERY_CONFIRMATION, recoveryTransaction } from './core/recovery-words.ts';
import { openCustody } from './custody.ts';
import { bindSigner, createSignerKey } from './init.ts';
import { beginRecovery, nameApprover, quarantine } from './quarantine.ts';
import { recordFacts } from './record-facts.ts';
import { type Recovery, recoverKey } from './recover-key.ts';

const CHAIN = toDigest('c'.repeat(64));
const SCHEME = 'slh-dsa-sha2-128f';
const VIEW = 6n;

let root = '';
let folder = '';
let peers: SignerPeers;
const key = () => join(root, 'approver.key');
const place = () => ({ folder });

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'btcfed-recover-'));
  folder = join(root, 'signer');
  const publicKey = await createSignerKey({ folder, scheme: SCHEME });
  peers = await SignerPeers.create(SCHEME, CHAIN);
  await bindSigner({ folder, chainDigest: CHAIN, first: peers.firstEpoch(publicKey) });
  await nameApprover(place(), key());
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** A final block of this transaction alone, and what proves it. */
async function proofOf(
  transaction: Uint8Array,
  phase: 'commit' | 'prepare' = 'commit',
): Promise<TransactionProof> {
  const header = {
    ...GENESIS.header,
    height: toHeight(1n),
    view: toView(VIEW),
    proposer: toMemberIndex(2),
    parent: GENESIS.digest,
    epoch: toEpoch(0n),
    stateRoot: toDigest(toHex(merkleRoot([stateLeafOf(transaction)]))),
    payloadRoot: toDigest(toHex(merkleRoot([leafHash(transaction)]))),
    transactionCount: 1,
  };
  const block: Block = sealBlock(header, [transaction]);
  const alone = { index: 0n, size: 1n, path: [] };
  const certificate = await peers.certificate(phase, block);
  return {
    payloadProof: alone,
    stateProof: alone,
    block: { header: block.header, certificate, descendants: [] },
  };
}

/** All that a recovery needs, for the nonce that was drawn. */
async function recovery(change: Partial<Recovery> = {}): Promise<Recovery> {
  const facts = await beginRecovery(place());
  const token = approve(key(), approvalBytes(facts));
  return {
    proof: await proofOf(recoveryTransaction(facts)),
    token,
    confirmation: RECOVERY_CONFIRMATION,
    ...change,
  };
}

async function assertRefused(reason: RegExp, work: () => Promise<unknown>): Promise<void> {
  await assert.rejects(work, reason);
  assert.notEqual((await recordFacts(place())).state.mode, 'active');
}

describe('a key in quarantine (signer.md 3.5)', () => {
  test('comes back above all that it can have signed, with an audit row, and the signer starts', async () => {
    await quarantine(place(), 'a drill');
    await recoverKey(place(), await recovery());
    const {
      custodian,
      ledger,
      key: signing,
      quarantine: still,
    } = await openCustody({
      ...{ folder, protocol: 'hotstuff', backend: 'auto' },
    });
    const { mode, marks, lock, nonce, isRecovered } = custodian.state;
    assert.deepEqual([mode, still, nonce, isRecovered], ['active', undefined, undefined, true]);
    assert.deepEqual([marks.get(0n)?.view, lock?.view], [VIEW + 8n, VIEW]);
    const outcomes = ledger.auditRows(0n, 20).map(({ outcome }) => outcome);
    assert.deepEqual(outcomes, ['BOUND', 'QUARANTINE', 'RECOVERY', 'RECOVERY', 'STARTED']);
    ledger.close();
    signing.close();
  });

  test('comes back with a record that is an older copy too', async () => {
    const older = await readFile(join(folder, 'signer.db'));
    const { ledger, key: signing } = await openCustody({ folder, protocol: 'hotstuff', backend: 'auto' });
    ledger.close();
    signing.close();
    await writeFile(join(folder, 'signer.db'), older);
    await recoverKey(place(), await recovery());
    const { fault, state } = await recordFacts(place());
    assert.deepEqual([fault, state.mode], [undefined, 'active']);
  });

  test('keeps its nonce until it is used, and another recovery has another', async () => {
    await quarantine(place(), 'a drill');
    const first = await beginRecovery(place());
    assert.deepEqual(await beginRecovery(place()), first);
    const used = await recovery();
    await recoverKey(place(), used);
    await quarantine(place(), 'another drill');
    assert.notEqual((await beginRecovery(place())).nonce, first.nonce);
    await assertRefused(/token is not that/, () => recoverKey(place(), used));
    const token = approve(key(), approvalBytes(await beginRecovery(place())));
    await assertRefused(/not under the payload root/, () => recoverKey(place(), { ...used, token }));
  });

  test('stays there without the second person, the sentence, or a proof that holds', async () => {
    await quarantine(place(), 'a drill');
    const good = await recovery();
    const { block } = good.proof;
    const [first, ...others] = block.certificate.signatures;
    assert.ok(first !== undefined);
    const withSignatures = (signatures: typeof block.certificate.signatures): TransactionProof => ({
      ...good.proof,
      block: { ...block, certificate: { ...block.certificate, signatures } },
    });
    const other = recoveryTransaction({ ...(await beginRecovery(place())), nonce: CHAIN });
    const preparedOnly = await proofOf(recoveryTransaction(await beginRecovery(place())), 'prepare');
    for (const [reason, change] of [
      [/word for word/, { confirmation: 'yes' }],
      [/not that of the second person/, { token: new Uint8Array(64) }],
      [/not under the payload root/, { proof: await proofOf(other) }],
      [/certificate of the prepare phase/, { proof: preparedOnly }],
      [/below quorum/, { proof: withSignatures(others) }],
      [
        /does not hold/,
        { proof: withSignatures([{ ...first, signature: first.signature.map((b) => b ^ 1) }, ...others]) },
      ],
    ] as const) {
      await assertRefused(reason, () => recoverKey(place(), { ...good, ...change }));
    }
    await recoverKey(place(), good);
  });

  test('stays there when this very key signed the certificate: another copy is alive', async () => {
    await quarantine(place(), 'a drill');
    const good = await recovery();
    const { certificate } = good.proof.block;
    const { view, height, digest } = certificate;
    const file = JSON.parse(await readFile(join(folder, 'signer.key'), 'utf8'));
    const signature = await peers.signWith(Buffer.from(file.secret_key, 'hex'), SCHEME, {
      ...{ kind: 'commit', view, height, digest },
    });
    const signatures = [{ member: toMemberIndex(0), signature }, ...certificate.signatures];
    const proof = {
      ...good.proof,
      block: { ...good.proof.block, certificate: { ...certificate, signatures } },
    };
    await assertRefused(/another copy is in use/, () => recoverKey(place(), { ...good, proof }));
  });

  test('has no second person named, and a key that is well nothing to recover', async () => {
    await assert.rejects(beginRecovery(place()), /nothing to recover/);
    await quarantine(place(), 'a drill');
    await assert.rejects(nameApprover(place(), join(root, 'late.key')), /while the key is well/);
    await rm(join(folder, 'approver.pub'));
    await assert.rejects(async () => recoverKey(place(), await recovery()), /rotate the key instead/);
  });
});
