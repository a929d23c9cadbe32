import { availableParallelism } from 'node:os';
import { BatchVerifier } from '#libs/crypto/batch-verifier.ts';
import { lastView } from '#libs/custody/custody-state.ts';
import type { Logger } from '#libs/log/logger.ts';
import { coreApi } from './adapters/core-api.ts';
import { type Custody, type CustodyOptions, openCustody } from './custody.ts';
import { QUEUE_MAX } from './limits.ts';
import type { SignerApi } from './signer-api.ts';
import { SignerCore } from './signer-core.ts';
import { SigningDesk } from './signing-desk.ts';

/** The core of a signer that runs: everything but who may reach it. */
export interface OpenCore {
  readonly api: SignerApi;
  /** Whether it would sign now. */
  readonly isServing: boolean;
  /** Finishes what is being signed, then lets key and record go. */
  close(): Promise<void>;
}

export interface OpenCoreOptions extends CustodyOptions {
  readonly log: Logger;
  /** It signs nothing more from now on; the process may go on answering what it knows. */
  readonly onStopped: () => void;
}

/**
 * Opens key and record, and proves that they can sign.
 * @throws CustodyError or CryptoError when it would not be safe or not possible to sign.
 */
export async function openCore({ log, onStopped, ...options }: OpenCoreOptions): Promise<OpenCore> {
  const custody = await openCustody(options);
  announce(custody, options.folder, log);
  const { key, ledger, custodian, scheme } = custody;
  const desk = new SigningDesk({
    ...{ key, ledger, custodian },
    inFlightMax: availableParallelism(),
    queueMax: QUEUE_MAX,
    onRecordLost: (cause) => {
      log.error('the record could not be written', cause);
      onStopped();
      endProcess(cause);
    },
  });
  const core = new SignerCore({
    ...{ custody, desk },
    verifier: new BatchVerifier({ scheme }),
    onQuarantine: (reason) => {
      log.error('the key is in quarantine and signs nothing more', new Error(reason));
      onStopped();
    },
  });
  return {
    api: coreApi(core, custody),
    get isServing() {
      return custodian.state.mode === 'active';
    },
    async close() {
      await desk.close();
      key.close();
      ledger.close();
    },
  };
}

function announce({ scheme, custodian, isSealed, quarantine }: Custody, folder: string, log: Logger): void {
  const { state } = custodian;
  log.info('key and record opened', {
    scheme: scheme.name,
    backend: scheme.backend,
    chain: state.chain,
    lastView: lastView(state),
    lockView: state.lock?.view ?? 0n,
  });
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
