import { availableParallelism } from 'node:os';
import { BatchVerifier } from '#libs/crypto/batch-verifier.ts';
import { lastView } from '#libs/custody/custody-state.ts';
import type { Logger } from '#libs/log/logger.ts';
import { adminApi } from './adapters/admin-api.ts';
import { coreApi } from './adapters/core-api.ts';
import { type Custody, type CustodyOptions, openCustody } from './custody.ts';
import { QUEUE_MAX } from './limits.ts';
import type { SignerAdminApi } from './signer-admin-api.ts';
import type { SignerApi } from './signer-api.ts';
import { SignerCore } from './signer-core.ts';
import { SigningDesk } from './signing-desk.ts';

/** The core of a signer that runs: everything but who may reach it. */
export interface OpenCore {
  readonly api: SignerApi;
  /** For its operator alone. */
  readonly admin: SignerAdminApi;
  /** Whether it would sign now. */
  readonly isServing: boolean;
  /** Finishes what is being signed, then lets key and record go. */
  close(): Promise<void>;
}

export interface OpenCoreOptions extends CustodyOptions {
  readonly log: Logger;
  /** Told whether it signs, each time that this may have changed; a process that does not may answer what it knows. */
  readonly onServing: (isServing: boolean) => void;
}

/**
 * Opens key and record, and proves that they can sign.
 * @throws CustodyError or CryptoError when it would not be safe or not possible to sign.
 */
export async function openCore({ log, onServing, ...options }: OpenCoreOptions): Promise<OpenCore> {
  const custody = await openCustody(options);
  announce(custody, options.folder, log);
  const { key, ledger, custodian, scheme } = custody;
  const isServing = (): boolean => custodian.state.mode === 'active' && !key.isLocked;
  const desk = new SigningDesk({
    ...{ key, ledger, custodian },
    inFlightMax: availableParallelism(),
    queueMax: QUEUE_MAX,
    onRecordLost: (cause) => {
      log.error('the record could not be written', cause);
      onServing(false);
      endProcess(cause);
    },
  });
  const core = new SignerCore({
    ...{ custody, desk },
    verifier: new BatchVerifier({ scheme }),
    onQuarantine: (reason) => {
      log.error('the key is in quarantine and signs nothing more', new Error(reason));
      onServing(false);
    },
  });
  return {
    api: coreApi(core, custody),
    admin: adminApi({ ...{ custody, desk, log }, onChanged: () => onServing(isServing()) }),
    get isServing() {
      return isServing();
    },
    async close() {
      await desk.close();
      key.close();
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
    lastView: lastView(state),
    lockView: state.lock?.view ?? 0n,
  });
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
 * After a failed write nobody knows what the disk holds; only a new start reads it again (signer.md G3). The refusal
 * of the request that met it still goes out.
 */
function endProcess(cause: unknown): void {
  setImmediate(() => {
    throw new Error('the record could not be written: repair the disk, then start again', { cause });
  });
}
