import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { toDigest, toEpoch, toMemberIndex } from '#libs/chain/ids.ts';
import type { ChainProof } from '#libs/client/chain-proof.ts';
import type { TransactionProof } from '#libs/client/verify-transaction.ts';
import { withNewSession } from '#libs/custody/session.ts';
import { blockStatement } from '#libs/protocol/hotstuff/statements.ts';
import { finalityOf, handoverTo } from '#test/support/signer/signer-handovers.ts';
import { SignerPeers } from '#test/support/signer/signer-peers.ts';
import { auditOf } from '../record/rules/audit-of.ts';
import { openCustody } from '../running/custody.ts';
import { approve } from './approver-key.ts';
import { exportHistory } from './export-history.ts';
import { importHistory } from './import-history.ts';
import { bindSigner, createSignerKey } from './init.ts';
import { inspectKey } from './move-key.ts';
import { beginRecovery, nameApprover, quarantine } from './quarantine.ts';
import { recordFacts } from './record-facts.ts';
import { type Recovery, recoverKey } from './recover-key.ts';
import { approvalBytes, RECOVERY_CONFIRMATION, recoveryTransaction } from './recovery-words.ts';
import { remakeRecord } from './remake-record.ts';

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
  await bindSigner({ protocol: 'hotstuff', folder, chainDigest: CHAIN, first: peers.firstEpoch(publicKey) });
  await nameApprover(place(), key());
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** All that a recovery needs, for the nonce that was drawn. */
async function recovery(change: Partial<Recovery> = {}): Promise<Recovery> {
  const facts = await beginRecovery(place());
  const token = approve(key(), approvalBytes(facts));
  return {
    proof: {
      handovers: [],
      transaction: await finalityOf(peers, recoveryTransaction(facts), { view: VIEW }),
    },
    token,
    confirmation: RECOVERY_CONFIRMATION,
    ...change,
  };
}

/** For the nonce that was drawn: final in that epoch, at its view 50. */
async function proofInEpoch(epoch: bigint): Promise<ChainProof> {
  const facts = await beginRecovery(place());
  const roster = peers.roster(facts.publicKey);
  const handovers = await Promise.all([1n, 2n].map((to) => handoverTo(peers, to, roster)));
  const at = { epoch: toEpoch(epoch), view: 50n };
  return { handovers, transaction: await finalityOf(peers, recoveryTransaction(facts), at) };
}

async function assertRefused(reason: RegExp, work: () => Promise<unknown>): Promise<void> {
  await assert.rejects(work, reason);
  assert.notEqual((await recordFacts(place())).state.mode, 'active');
}

describe('a key in quarantine (libs/custody/README.md 3.5)', () => {
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
    const proved = good.proof.transaction ?? assert.fail();
    const { block } = proved;
    const [first, ...others] = block.certificate.signatures;
    assert.ok(first !== undefined);
    const of = (transaction: TransactionProof): ChainProof => ({ handovers: [], transaction });
    const withSignatures = (signatures: typeof block.certificate.signatures): ChainProof =>
      of({ ...proved, block: { ...block, certificate: { ...block.certificate, signatures } } });
    const other = recoveryTransaction({ ...(await beginRecovery(place())), nonce: CHAIN });
    const transaction = recoveryTransaction(await beginRecovery(place()));
    const preparedOnly = await finalityOf(peers, transaction, { phase: 'prepare' });
    for (const [reason, change] of [
      [/word for word/, { confirmation: 'yes' }],
      [/not that of the second person/, { token: new Uint8Array(64) }],
      [/not under the payload root/, { proof: of(await finalityOf(peers, other)) }],
      [/proof is of no transaction/, { proof: { handovers: [], transaction: undefined } }],
      [/certificate of the prepare phase/, { proof: of(preparedOnly) }],
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
    const proved = good.proof.transaction ?? assert.fail();
    const { certificate } = proved.block;
    const { view, height, digest } = certificate;
    const file = JSON.parse(await readFile(join(folder, 'signer.key'), 'utf8'));
    const statement = blockStatement('commit', view, { height, digest });
    const signature = await peers.signWith(Buffer.from(file.secret_key, 'hex'), SCHEME, statement);
    const signatures = [{ member: toMemberIndex(0), signature }, ...certificate.signatures];
    const block = { ...proved.block, certificate: { ...certificate, signatures } };
    const proof = { handovers: [], transaction: { ...proved, block } };
    await assertRefused(/another copy is in use/, () => recoverKey(place(), { ...good, proof }));
  });

  test('comes back in the epoch that follows, whose members those of its record decided', async () => {
    await quarantine(place(), 'a drill');
    const proof = await proofInEpoch(2n);
    await recoverKey(place(), await recovery({ proof }));
    const { state, members, audit } = await recordFacts(place());
    assert.deepEqual([state.mode, state.epoch, members], ['active', 2n, 4]);
    assert.deepEqual([state.marks.get(0n)?.view, state.viewFrom, state.lock?.view], [58n, 40n, 50n]);
    assert.equal(audit.sequence, 6n, 'bound, quarantine, nonce, two epochs, recovered');
    await quarantine(place(), 'another drill');
    // An epoch that the record knows already is passed over.
    await recoverKey(place(), await recovery({ proof: await proofInEpoch(2n) }));
  });

  test('does not come back in an epoch that is not proved, or in which it is of no member', async () => {
    await quarantine(place(), 'a drill');
    const proof = await proofInEpoch(2n);
    const { handovers, transaction } = proof;
    const [first, second] = handovers as [(typeof handovers)[0], (typeof handovers)[0]];
    const { certificate } = first;
    const fewer = { ...first, certificate: { ...certificate, signatures: certificate.signatures.slice(1) } };
    const stranger = new Uint8Array(32).fill(7);
    const without = [await handoverTo(peers, 1n, peers.roster(stranger)), second];
    for (const [reason, change] of [
      [/final in epoch 2, and the proof leads from epoch 0 to 0/, []],
      [/final in epoch 2, and the proof leads from epoch 0 to 0/, [second]],
      [/handover to epoch 1 is not proved: .*below quorum/, [fewer, second]],
      [
        /handover to epoch 1 is not proved: no handover to the next epoch/,
        [{ ...first, handover: second.handover }],
      ],
      [/handover to epoch 1 is not proved/, [{ ...second, header: first.header }]],
    ] as const) {
      await assertRefused(reason, async () =>
        recoverKey(place(), await recovery({ proof: { handovers: change, transaction } })),
      );
    }
    const gone = [without[0] ?? assert.fail(), await handoverTo(peers, 2n, peers.roster(stranger))];
    await assertRefused(/of no member in epoch 2/, async () =>
      recoverKey(place(), await recovery({ proof: { handovers: gone, transaction } })),
    );
    assert.equal((await recordFacts(place())).state.epoch, 0n, 'nothing of it was taken over');
  });

  test('has no second person named, and a key that is well nothing to recover', async () => {
    await assert.rejects(beginRecovery(place()), /nothing to recover/);
    await quarantine(place(), 'a drill');
    await assert.rejects(nameApprover(place(), join(root, 'late.key')), /while the key is well/);
  });

  test('does not begin a recovery that no second person can approve, nor end one', async () => {
    const approver = join(folder, 'approver.pub');
    await quarantine(place(), 'a drill');
    await rename(approver, join(root, 'away.pub'));
    await assertRefused(/rotate the key instead/, () => beginRecovery(place()));
    assert.equal((await recordFacts(place())).state.nonce, undefined, 'no nonce was drawn');
    await rename(join(root, 'away.pub'), approver);
    const all = await recovery();
    await rm(approver);
    await assertRefused(/rotate the key instead/, () => recoverKey(place(), all));
  });
});

describe('a key whose record is gone (libs/custody/README.md 3.5)', () => {
  const genesis = async () => ({ chainDigest: CHAIN, first: peers.firstEpoch((await readKey()).publicKey) });
  const readKey = () => inspectKey(folder);

  test('gets a record that signs nothing, and comes back by a nonce in the epoch of today', async () => {
    await rm(join(folder, 'signer.db'));
    await remakeRecord(place(), await genesis());
    const { state, fault } = await recordFacts(place());
    assert.deepEqual([state.mode, state.epoch, fault], ['quarantined', 0n, undefined]);
    const opened = await openCustody({ folder, protocol: 'hotstuff', backend: 'auto' });
    assert.match(opened.quarantine ?? '', /quarantined/);
    opened.ledger.close();
    opened.key.close();
    await recoverKey(place(), await recovery({ proof: await proofInEpoch(2n) }));
    const recovered = (await recordFacts(place())).state;
    assert.deepEqual([recovered.mode, recovered.marks.get(0n)?.view], ['active', 58n]);
  });

  test('does not wake by a history that was exported before the record was lost', async () => {
    const [history, other] = [join(root, 'history.json'), join(root, 'other')];
    await cp(folder, other, { recursive: true });
    const {
      ledger,
      key: signing,
      custodian,
    } = await openCustody({
      ...{ folder: other, protocol: 'hotstuff', backend: 'auto' },
    });
    for (let session = 0; session < 3; session++) {
      const next = withNewSession(ledger.state());
      ledger.change(next, auditOf(custodian.state, 'SESSION', ''));
    }
    ledger.close();
    signing.close();
    await exportHistory({ folder: other }, history);
    await rm(join(folder, 'signer.db'));
    await remakeRecord(place(), await genesis());
    assert.equal((await importHistory(place(), history)).mode, 'quarantined');
  });

  test('gets none while anything of the old one is left, or with another genesis', async () => {
    await assert.rejects(async () => remakeRecord(place(), await genesis()), /signer\.db: it is there/);
    await rename(join(folder, 'signer.db'), join(folder, 'signer.db-wal'));
    await assert.rejects(async () => remakeRecord(place(), await genesis()), /signer\.db-wal: it is there/);
    await rm(join(folder, 'signer.db-wal'));
    const foreign = { ...(await genesis()), chainDigest: toDigest('d'.repeat(64)) };
    await assert.rejects(remakeRecord(place(), foreign), {
      detail: { code: 'CUSTODY_RECORD_FOREIGN', path: join(folder, 'signer.db') },
    });
    assert.equal(existsSync(join(folder, 'signer.db')), false);
  });
});
