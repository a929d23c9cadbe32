import { availableParallelism } from 'node:os';
import { BatchVerifier } from '#libs/crypto/batch-verifier.ts';
import { lastView } from '#libs/custody/custody-state.ts';
import { withMode } from '#libs/custody/session.ts';
import type { Logger } from '#libs/log/logger.ts';
import { recordFault } from '../record/ledger-fault.ts';
import { auditOf } from '../record/rules/audit-of.ts';
import { isSucceeded, type Succession } from '../record/succession.ts';
import type { SignerAdminApi } from '../socket/signer-admin-api.ts';
import type { SignerApi } from '../socket/signer-api.ts';
import { QUEUE_MAX } from '../words/limits.ts';
import { adminApi } from './admin-api.ts';
import { AuditHeadLog } from './audit-head-log.ts';
import { coreApi } from './core-api.ts';
import { type Custody, type CustodyOptions, openCustody } from './custody.ts';
import { signedAuditHead } from './signed-audit-head.ts';
import { SignerCore } from './signer-core.ts';
import { SigningDesk } from './signing-desk.ts';

/** The core of a running signer: everything except the sockets that lead to it. */
export interface OpenCore {
  readonly api: SignerApi;
  /** The API for the signer's operator alone. */
  readonly admin: SignerAdminApi;
  /** Whether it would sign now. */
  readonly isServing: boolean;
  /** Finishes the signatures under way, then closes key and record. */
  close(): Promise<void>;
}

export interface OpenCoreOptions extends CustodyOptions {
  readonly log: Logger;
  /**
   * Called whenever the core may have begun or stopped signing. A process that does not sign may still answer
   * questions.
   */
  readonly onServing: (isServing: boolean) => void;
}

export interface KeyAtWork extends OpenCore {
  /** Gives way to the prepared key if the new epoch knows that key in place of this one. */
  succeed(): Promise<void>;
}

/** One key with its record, from its opening until another key follows it. */
export async function keyAtWork(
  { log, onServing, ...options }: OpenCoreOptions,
  rotate: (succession: Succession) => Promise<void>,
): Promise<KeyAtWork> {
  const custody = await openCustody({ ...options, onKeyLost: (cause) => lost(cause) });
  announce(custody, options.folder, log);
  const { key, ledger, custodian, scheme } = custody;
  const heads = new AuditHeadLog({ head: () => signedAuditHead(custody), log });
  const isServing = (): boolean => custodian.state.mode === 'active' && !key.isLocked;
  const failed = (cause: unknown): void => {
    log.error('the record could not be written', cause);
    onServing(false);
    endProcess(recordFault(options.folder, cause));
  };
  const desk = new SigningDesk({
    ...{ key, ledger, custodian },
    inFlightMax: availableParallelism(),
    queueMax: QUEUE_MAX,
    onRecordLost: failed,
  });
  const lost = (cause: Error): void => {
    log.error('the key signs no more, and is locked until "btcfed signer unlock"', cause);
    onServing(false);
    const { state } = custodian;
    desk.change(state, auditOf(state, 'LOCKED', cause.message));
  };
  const succeed = async (): Promise<void> => {
    const { set, root, table } = custodian.context;
    // The prepared key may come from the older copy that put this key into quarantine: the operator decides
    // (ceremony/activate-key.ts).
    if (custodian.state.mode === 'quarantined') return;
    if (!(await isSucceeded(options.folder, key.publicKey, set))) return;
    const { session } = custodian.state;
    const retired = withMode(custodian.state, 'retired');
    desk.change(retired, auditOf(retired, 'RETIRED', 'another key follows'));
    await rotate({ epoch: { set, root, table }, session, membersMin: ledger.automatic.membersMin });
  };
  const core = new SignerCore({
    ...{ custody, desk },
    // The next start finishes a failed rotation, or reports it: nothing signs meanwhile.
    onEpoch: () => succeed().catch(failed),
    verifier: new BatchVerifier({ schemes: [scheme] }),
    onQuarantine: (reason) => {
      log.error('the key is in quarantine and signs nothing more', new Error(reason));
      onServing(false);
    },
  });
  return {
    succeed,
    api: coreApi(core, custody),
    admin: adminApi({ ...{ custody, desk, log }, onChanged: () => onServing(isServing()) }),
    get isServing() {
      return isServing();
    },
    async close() {
      await desk.close();
      heads.stop();
      await key.lock();
      ledger.close();
    },
  };
}

function announce(
  { scheme, custodian, key, isSealed, quarantine }: Custody,
  folder: string,
  log: Logger,
): void {
  const { state } = custodian;
  log.info(key.isLocked ? 'record opened' : 'key and record opened', {
    scheme: scheme.name,
    backend: scheme.backend,
    chain: state.chain,
    protocol: state.protocol,
    last_view: lastView(state),
    lock_view: state.lock?.view ?? 0n,
  });
  if (key.fault !== undefined)
    log.error('the key signs nothing since a fault of this machine', new Error(key.fault));
  if (key.isLocked) log.warn('the key is locked and signs nothing until "btcfed signer unlock"', { folder });
  if (!isSealed) log.warn('the consensus key is not encrypted on disk', { folder });
  if (scheme.backend === 'portable') {
    log.warn('signing in JavaScript: slow, and the key is in the heap', { scheme: scheme.name });
  }
  if (quarantine !== undefined) {
    log.error('the key is in quarantine and signs nothing', new Error(quarantine), { folder });
  }
}

/**
 * After a failed write nobody knows the content of the disk; only a new start reads it again
 * (libs/custody/README.md G3). The refusal of the request that met the failure still goes out. A supervisor
 * starts the process again until the disk accepts writes.
 */
function endProcess(cause: unknown): void {
  setImmediate(() => {
    throw new Error(
      'the record could not be written: free space on its disk, or repair it; its supervisor has it start again',
      { cause },
    );
  });
}
