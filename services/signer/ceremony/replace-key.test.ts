import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { toHex } from '#libs/bytes/hex.ts';
import { toDigest } from '#libs/chain/ids.ts';
import type { ChainProof } from '#libs/client/chain-proof.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { finalityOf, handoverTo } from '#test/support/signer/signer-handovers.ts';
import { SignerPeers } from '#test/support/signer/signer-peers.ts';
import { preparedKey } from '../key/prepared-key.ts';
import { openRecord } from '../record/open-record.ts';
import { openCore } from '../running/open-core.ts';
import { activatePrepared, prepareInQuarantine } from './activate-key.ts';
import { approve } from './approver-key.ts';
import { exportHistory } from './export-history.ts';
import { bindSigner, createSignerKey } from './init.ts';
import { inspectKey } from './move-key.ts';
import { enterEpochs, provedEpochs } from './proved-epochs.ts';
import { beginRecovery, nameApprover, quarantine } from './quarantine.ts';
import { recordFacts } from './record-facts.ts';
import { recoverKey } from './recover-key.ts';
import { approvalBytes, RECOVERY_CONFIRMATION, recoveryTransaction } from './recovery-words.ts';
import { retireKey } from './retire-key.ts';
import { abandonRotation, prepareRotation } from './rotation.ts';

const CHAIN = toDigest('c'.repeat(64));
const SCHEME = 'slh-dsa-sha2-128f';
const STRANGER = new Uint8Array(32).fill(7);

let root = '';
let folder = '';
let peers: SignerPeers;
let own: Uint8Array;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'btcfed-replace-'));
  folder = join(root, 'signer');
  own = await createSignerKey({ folder, scheme: SCHEME });
  peers = await SignerPeers.create(SCHEME, CHAIN);
  await bindSigner({ protocol: 'hotstuff', folder, chainDigest: CHAIN, first: peers.firstEpoch(own) });
});
afterEach(() => rm(root, { recursive: true, force: true }));

const place = () => ({ folder });
const modeNow = async () => (await recordFacts(place())).state.mode;
const keyNow = async () => toHex((await inspectKey(folder)).publicKey);

/** Member 0 has these keys in the epochs from 1 on. */
async function proofOf(...keys: readonly Uint8Array[]): Promise<ChainProof> {
  const handovers = keys.map((key, index) => handoverTo(peers, BigInt(index + 1), peers.roster(key)));
  return { handovers: await Promise.all(handovers), transaction: undefined };
}

/** Starts the signer, tells whether it would sign, and stops it. */
async function serves(): Promise<boolean> {
  const options = { folder, protocol: 'hotstuff', backend: 'auto' } as const;
  const core = await openCore({ ...options, log: memoryLogger(), onServing: () => {} });
  const { isServing } = core;
  await core.close();
  return isServing;
}

describe('a prepared key is put in place by its operator', () => {
  test('of a signer in quarantine, over epochs, when it was prepared there', async () => {
    await quarantine(place(), 'a drill');
    const next = await prepareInQuarantine(place());
    const proof = await proofOf(own, next);
    assert.equal(await activatePrepared(place(), proof), 2n);
    assert.equal(await keyNow(), toHex(next));
    const { state, fault } = await recordFacts(place());
    assert.deepEqual([state.mode, state.epoch, state.viewFrom, fault], ['active', 2n, 40n, undefined]);
    assert.equal(await serves(), true);
    await assert.rejects(activatePrepared(place(), proof), { message: /no key is prepared/ });
  });

  test('of a signer whose record is an older copy', async () => {
    const older = await readFile(join(folder, 'signer.db'));
    assert.equal(await serves(), true);
    await writeFile(join(folder, 'signer.db'), older);
    const next = await prepareInQuarantine(place());
    assert.equal(await serves(), false);
    await activatePrepared(place(), await proofOf(next));
    assert.equal(await serves(), true);
  });

  test('of a signer that is well, which needs no note', async () => {
    const next = await prepareRotation(place());
    assert.equal(await activatePrepared(place(), await proofOf(next)), 1n);
    assert.equal(await keyNow(), toHex(next));
  });

  test('but not one that was there before the quarantine: an older copy would have brought it along', async () => {
    const next = await prepareRotation(place());
    await quarantine(place(), 'a drill');
    const proof = await proofOf(next);
    await assert.rejects(activatePrepared(place(), proof), {
      message: /prepared one was made before: .* Abandon it/,
    });
    assert.deepEqual([await keyNow(), await modeNow()], [toHex(own), 'quarantined']);
    await assert.rejects(prepareInQuarantine(place()), { message: /it exists already/ });
    await abandonRotation(folder);
    const another = await prepareInQuarantine(place());
    await activatePrepared(place(), await proofOf(another));
    assert.equal(await keyNow(), toHex(another));
  });

  test('nor by the signer itself at its start, whatever epoch its record knows', async () => {
    const next = await prepareRotation(place());
    const record = await openRecord(place());
    enterEpochs(record, await provedEpochs(place(), record, await proofOf(next)));
    record.ledger.close();
    await quarantine(place(), 'a drill');
    assert.equal(await serves(), false);
    assert.equal(await keyNow(), toHex(own));
  });

  test('nor one of an earlier quarantine, from which the key came back', async () => {
    await nameApprover(place(), join(root, 'approver.key'));
    await quarantine(place(), 'a drill');
    const next = await prepareInQuarantine(place());
    const facts = await beginRecovery(place());
    const token = approve(join(root, 'approver.key'), approvalBytes(facts));
    const transaction = await finalityOf(peers, recoveryTransaction(facts));
    const proof = { handovers: [], transaction };
    await recoverKey(place(), { proof, token, confirmation: RECOVERY_CONFIRMATION });
    await quarantine(place(), 'another drill');
    await assert.rejects(activatePrepared(place(), await proofOf(next)), /prepared one was made before/);
    assert.equal(await modeNow(), 'quarantined');
  });

  test('and nothing changes while no epoch is proved that knows it in place of the other', async () => {
    await quarantine(place(), 'a drill');
    const next = await prepareInQuarantine(place());
    const good = await proofOf(next);
    const { certificate } = good.handovers[0] ?? assert.fail();
    const fewer = { ...certificate, signatures: certificate.signatures.slice(1) };
    const forged = good.handovers.map((each) => ({ ...each, certificate: fewer }));
    for (const [reason, handovers] of [
      [/no epoch from 0 to 0,/, []],
      [/no epoch from 0 to 2,/, (await proofOf(own, own)).handovers],
      [/no epoch from 0 to 1,/, (await proofOf(STRANGER)).handovers],
      [/handover to epoch 1 is not proved: .*below quorum/, forged],
    ] as const) {
      await assert.rejects(activatePrepared(place(), { handovers, transaction: undefined }), reason);
      const { state } = await recordFacts(place());
      assert.deepEqual([state.mode, state.epoch], ['quarantined', 0n]);
    }
    const prepared = (await preparedKey(folder))?.publicKey ?? assert.fail();
    assert.deepEqual([await keyNow(), toHex(prepared)], [toHex(own), toHex(next)]);
  });

  test('but no key that is well is noted as one in quarantine', async () => {
    await assert.rejects(prepareInQuarantine(place()), { message: /the key is active, not in quarantine/ });
    assert.equal(await preparedKey(folder), undefined);
  });
});

describe('a key that is not needed is destroyed', () => {
  const secret = async () => JSON.parse(await readFile(join(folder, 'signer.key'), 'utf8')).secret_key;

  test('when the members know it no more; its record can still be read, and nothing signs', async () => {
    const before = await secret();
    assert.equal(await retireKey(place(), await proofOf(own, STRANGER)), 2n);
    assert.equal((await readFile(join(folder, 'signer.key'), 'utf8')).includes(before), false);
    const { state, owner } = await recordFacts(place());
    assert.deepEqual([state.mode, state.epoch, toHex(owner.publicKey)], ['retired', 2n, toHex(own)]);
    await assert.rejects(serves(), { message: /the secret was destroyed when the key was retired/ });
    assert.equal(await retireKey(place(), undefined), 2n, 'again: nothing is left to do');
  });

  test('in quarantine too, which it never leaves', async () => {
    await quarantine(place(), 'a drill');
    await retireKey(place(), await proofOf(STRANGER));
    assert.deepEqual([await modeNow(), await secret()], ['retired', undefined]);
  });

  test('after its history was handed on, and not before', async () => {
    await assert.rejects(retireKey(place(), undefined), { message: /history was not handed on/ });
    assert.notEqual(await secret(), undefined);
    await exportHistory(place(), join(root, 'history.json'));
    await retireKey(place(), undefined);
    assert.equal(await secret(), undefined);
  });

  test('but not while a member has it, may come to have it, or another key waits', async () => {
    for (const [reason, proof] of [
      [/the key is that of m0 in epoch 0,/, await proofOf()],
      [/the key is that of m0 in epoch 2,/, await proofOf(STRANGER, own)],
    ] as const) {
      await assert.rejects(retireKey(place(), proof), reason);
      assert.equal(await modeNow(), 'active');
    }
    const joining = join(root, 'joining');
    await createSignerKey({ folder: joining, scheme: SCHEME });
    await bindSigner({
      protocol: 'hotstuff',
      folder: joining,
      chainDigest: CHAIN,
      first: peers.firstEpoch(own),
    });
    await assert.rejects(retireKey({ folder: joining }, await proofOf(STRANGER)), /may be about to join/);
    await prepareRotation(place());
    await assert.rejects(retireKey(place(), await proofOf(STRANGER)), /activate it, or abandon it, first/);
    assert.notEqual(await secret(), undefined);
  });
});
