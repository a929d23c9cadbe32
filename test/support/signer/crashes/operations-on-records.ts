import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { toHex } from '#libs/bytes/hex.ts';
import { approve } from '#services/signer/ceremony/approver-key.ts';
import { exportAudit } from '#services/signer/ceremony/audit-log.ts';
import { exportHistory } from '#services/signer/ceremony/export-history.ts';
import { importHistory } from '#services/signer/ceremony/import-history.ts';
import { bindSigner, createSignerKey } from '#services/signer/ceremony/init.ts';
import { inspectKey } from '#services/signer/ceremony/move-key.ts';
import { beginRecovery, nameApprover, quarantine } from '#services/signer/ceremony/quarantine.ts';
import { recordFacts } from '#services/signer/ceremony/record-facts.ts';
import { type Recovery, recoverKey } from '#services/signer/ceremony/recover-key.ts';
import {
  approvalBytes,
  RECOVERY_CONFIRMATION,
  recoveryTransaction,
} from '#services/signer/ceremony/recovery-words.ts';
import { remakeRecord } from '#services/signer/ceremony/remake-record.ts';
import { readHistory } from '#services/signer/ceremony/trusted-history.ts';
import { readAuditKey } from '#services/signer/key/audit-key.ts';
import { finalityOf } from '../signer-handovers.ts';
import { SignerPeers } from '../signer-peers.ts';
import {
  firstEpochOf,
  PLACE_CHAIN,
  PLACE_SCHEME,
  SIGNED_VIEW,
  signedPlace,
  signTimeout,
  startIn,
} from '../signer-place.ts';
import { type CustodyOperation, forgotten, signerIn, stillServes } from './custody-operation.ts';

const historyIn = (root: string): string => join(root, 'history.json');
const auditKeyIn = (folder: string) => readAuditKey(join(folder, 'audit.key')).publicKey;

/** The holder of the file knows that this key signs no more. */
const exportingAHistory: CustodyOperation = {
  prepare: (root) => signedPlace(signerIn(root)),
  run: (root) => exportHistory({ folder: signerIn(root) }, historyIn(root)),
  async faults(root, isDone) {
    const isThere = existsSync(historyIn(root));
    const start = await startIn(signerIn(root));
    const faults = forgotten(start, isThere || start.outcome !== 'serving' ? 'retired' : 'serving');
    if (!isThere) await this.run(root);
    const { document } = await readHistory(historyIn(root));
    return [
      ...faults,
      isDone && !isThere && 'the history is lost',
      document.history.marks.get(0n)?.view !== SIGNED_VIEW && 'the history lacks what was signed',
    ];
  },
};

const importingAHistory: CustodyOperation = {
  async prepare(root) {
    const source = join(root, 'source');
    await signedPlace(source);
    await exportHistory({ folder: source }, historyIn(root));
    await mkdir(signerIn(root), { mode: 0o700 });
    await copyFile(join(source, 'signer.key'), join(signerIn(root), 'signer.key'));
  },
  run: (root) => importHistory({ folder: signerIn(root) }, historyIn(root), auditKeyIn(join(root, 'source'))),
  async faults(root, isDone) {
    const start = await startIn(signerIn(root));
    if (start.outcome === 'serving') return forgotten(start, 'serving');
    if (isDone) return [`it is ${start.outcome}`];
    await this.run(root);
    return [
      !['CUSTODY_RECORD_MISSING', 'CUSTODY_RECORD_UNFINISHED'].includes(start.outcome) &&
        `it is ${start.outcome}`,
      ...(await stillServes(root)),
    ];
  },
};

/** Two records of one key, as after a move and back: the file has signatures that the record lacks. */
const mergingAHistory: CustodyOperation = {
  async prepare(root) {
    const [here, there] = [signerIn(root), join(root, 'there')];
    await signedPlace(here);
    await exportHistory({ folder: here }, join(root, 'away.json'));
    await mkdir(there, { mode: 0o700 });
    await copyFile(join(here, 'signer.key'), join(there, 'signer.key'));
    await importHistory({ folder: there }, join(root, 'away.json'), auditKeyIn(here));
    await signTimeout(there, SIGNED_VIEW + 2n);
    await exportHistory({ folder: there }, historyIn(root));
  },
  run: (root) => importHistory({ folder: signerIn(root) }, historyIn(root), auditKeyIn(join(root, 'there'))),
  async faults(root, isDone) {
    const { outcome } = await startIn(signerIn(root));
    if (!isDone && outcome === 'retired') await this.run(root);
    const { state } = await recordFacts({ folder: signerIn(root) });
    return [
      state.mode !== 'active' && `it is ${outcome}, and done again ${state.mode}`,
      state.marks.get(0n)?.view !== SIGNED_VIEW + 2n && 'it forgot what was signed there',
    ];
  },
};

const quarantining: CustodyOperation = {
  prepare: (root) => signedPlace(signerIn(root)),
  run: (root) => quarantine({ folder: signerIn(root) }, 'a drill'),
  async faults(root, isDone) {
    const start = await startIn(signerIn(root));
    if (!isDone && start.outcome === 'serving') return forgotten(start, 'serving');
    return forgotten(start, 'quarantined');
  },
};

const RECOVERY_VIEW = 6n;

/** The recovery of a record that is an older copy, so that the mirror is made anew too. */
const recovering: CustodyOperation = {
  async prepare(root) {
    const folder = signerIn(root);
    const publicKey = await createSignerKey({ folder, scheme: PLACE_SCHEME });
    const peers = await SignerPeers.create(PLACE_SCHEME, PLACE_CHAIN);
    await bindSigner({
      protocol: 'hotstuff',
      folder,
      chainDigest: PLACE_CHAIN,
      first: peers.firstEpoch(publicKey),
    });
    await nameApprover({ folder }, join(root, 'approver.key'));
    const older = readFileSync(join(folder, 'signer.db'));
    await startIn(folder);
    writeFileSync(join(folder, 'signer.db'), older);
    const facts = await beginRecovery({ folder });
    const transaction = recoveryTransaction(facts);
    recoveries.set(toHex(publicKey), {
      proof: { handovers: [], transaction: await finalityOf(peers, transaction, { view: RECOVERY_VIEW }) },
      token: approve(join(root, 'approver.key'), approvalBytes(facts)),
      confirmation: RECOVERY_CONFIRMATION,
    });
  },
  async run(root) {
    const folder = signerIn(root);
    const { owner } = await recordFacts({ folder });
    const recovery = recoveries.get(toHex(owner.publicKey));
    if (recovery === undefined) throw new Error('nothing was begun');
    await recoverKey({ folder }, recovery);
  },
  async faults(root, isDone) {
    const { outcome } = await startIn(signerIn(root));
    const isActive = outcome === 'serving';
    if (!isActive && !isDone) await this.run(root);
    const { view, outcome: again } = await startIn(signerIn(root));
    return [
      !['serving', 'quarantined'].includes(outcome) && `it is ${outcome}`,
      again !== 'serving' && `it is ${outcome}, and done again ${again}`,
      view !== RECOVERY_VIEW + 8n && `it begins at view ${view}`,
    ];
  },
};

const recoveries = new Map<string, Recovery>();

/** The key is in quarantine from its first moment on, even after a crash in between. */
const remaking: CustodyOperation = {
  async prepare(root) {
    await signedPlace(signerIn(root));
    rmSync(join(signerIn(root), 'signer.db'));
  },
  async run(root) {
    const folder = signerIn(root);
    const { publicKey } = await inspectKey(folder);
    await remakeRecord({ folder }, { chainDigest: PLACE_CHAIN, first: firstEpochOf(publicKey) });
  },
  async faults(root, isDone) {
    const { outcome } = await startIn(signerIn(root));
    if (!isDone && outcome === 'CUSTODY_RECORD_MISSING') await this.run(root);
    const again = await startIn(signerIn(root));
    return [again.outcome !== 'quarantined' && `it is ${outcome}, and done again ${again.outcome}`];
  },
};

const namingAnApprover: CustodyOperation = {
  prepare: (root) => signedPlace(signerIn(root)),
  run: (root) => nameApprover({ folder: signerIn(root) }, join(root, 'approver.key')),
  async faults(root, isDone) {
    const isNamed = existsSync(join(signerIn(root), 'approver.pub'));
    const isHeld = existsSync(join(root, 'approver.key'));
    return [
      ...(await stillServes(root)),
      isNamed && !isHeld && 'somebody is named who has no key',
      isDone && !isNamed && 'nobody is named',
    ];
  },
};

const exportingTheAuditLog: CustodyOperation = {
  prepare: (root) => signedPlace(signerIn(root)),
  run: (root) => exportAudit({ folder: signerIn(root) }, join(root, 'audit.jsonl')),
  async faults(root, isDone) {
    const out = join(root, 'audit.jsonl');
    const isWhole = existsSync(out) && readFileSync(out, 'utf8').includes('"head"');
    return [...(await stillServes(root)), isDone && !isWhole && 'the exported log is not whole'];
  },
};

/** A start of a signer that a kill ended before, so that there is a log to take up. */
const starting: CustodyOperation = {
  prepare: (root) => signedPlace(signerIn(root)),
  async run(root) {
    await signTimeout(signerIn(root), SIGNED_VIEW + 1n);
  },
  async faults(root, isDone) {
    const { outcome, view } = await startIn(signerIn(root));
    return [
      outcome !== 'serving' && `it is ${outcome}`,
      isDone && view !== SIGNED_VIEW + 1n && 'it forgot what it recorded',
      (view ?? 0n) < SIGNED_VIEW && `it forgot what it signed: ${view}`,
    ];
  },
};

export const OPERATIONS_ON_RECORDS: Readonly<Record<string, CustodyOperation>> = {
  'a start, and a slot that is taken': starting,
  'exporting a history': exportingAHistory,
  'importing a history': importingAHistory,
  'merging a history': mergingAHistory,
  'a quarantine': quarantining,
  'making a lost record anew': remaking,
  'a recovery': recovering,
  'naming an approver': namingAnApprover,
  'exporting the audit log': exportingTheAuditLog,
};
