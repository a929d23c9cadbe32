import { readFile } from 'node:fs/promises';
import { availableParallelism, setPriority } from 'node:os';
import { type GrpcServer, grpcServer } from '#libs/grpc/server.ts';
import type { ServerTls } from '#libs/grpc/tls.ts';
import { tlsRenewal } from '#libs/grpc/tls-files.ts';
import type { Logger } from '#libs/log/logger.ts';
import { absentMetrics } from '#libs/metrics/absent-metrics.ts';
import { type Lifecycle, lifecycleOf } from '#libs/service/lifecycle.ts';
import type { ServiceTools } from '#libs/service/run-service.ts';
import { signerService } from './adapters/grpc-handlers.ts';
import { signerMetrics } from './adapters/signer-metrics.ts';
import type { SignerConfig } from './config.ts';
import { CustodyError } from './core/errors.ts';
import { type Custody, openCustody } from './custody.ts';
import { QUEUE_MAX } from './limits.ts';
import { SigningDesk } from './signing-desk.ts';

/** The signer, and where it listens. */
export interface SignerLifecycle extends Lifecycle {
  boundAddress(): string;
}

/**
 * Opens key and record, proves that they can sign, and puts the API in front of them.
 * @throws CustodyError, CryptoError or ListenError when it would not be safe or not possible to sign.
 */
export async function composeSigner(
  config: SignerConfig,
  log: Logger,
  { metrics = absentMetrics }: Partial<Pick<ServiceTools, 'metrics'>> = {},
): Promise<SignerLifecycle> {
  if (config.SIGNER_NICENESS > 0) setPriority(config.SIGNER_NICENESS);
  const tls = await serverTls(config);
  const custody = await openCustody({
    folder: config.SIGNER_FOLDER,
    protocol: config.SIGNER_PROTOCOL,
    backend: config.SIGNER_BACKEND,
    passphraseFile: config.SIGNER_PASSPHRASE_FILE,
  });
  announce(custody, config, log);
  const desk = new SigningDesk({
    ...custody,
    inFlightMax: availableParallelism(),
    queueMax: QUEUE_MAX,
    onRecordLost: (cause) => stopAtOnce(server, cause, log),
  });
  const meter = signerMetrics(metrics);
  const service = signerService({ custody, desk, clientName: config.SIGNER_CLIENT_NAME, meter, log });
  const server: GrpcServer = grpcServer({ address: config.SIGNER_LISTEN, tls, services: [service], log });
  const renewal = tlsRenewal(
    { ca: config.SIGNER_TLS_CA, certificate: config.SIGNER_TLS_CERT, key: config.SIGNER_TLS_KEY },
    (material) => server.renewTls({ ...material, requireClientCertificate: true }),
    log,
  );
  const life = lifecycleOf([custodyLife(custody, desk), server, renewal]);
  return {
    start: () => life.start(),
    stop: () => life.stop(),
    boundAddress: () => server.boundAddress(),
  };
}

/** Stopped last: nobody can ask any more, what is being signed is finished, then key and record are let go. */
function custodyLife({ key, ledger }: Custody, desk: SigningDesk): Lifecycle {
  return {
    start: async () => {},
    stop: async () => {
      await desk.close();
      key.close();
      ledger.close();
    },
  };
}

function announce({ scheme, chain, register, isSealed }: Custody, config: SignerConfig, log: Logger): void {
  log.info('key and record opened', {
    scheme: scheme.name,
    backend: scheme.backend,
    chain,
    lastView: register.mark?.view ?? 0n,
  });
  if (!isSealed) log.warn('the consensus key is not encrypted on disk', { folder: config.SIGNER_FOLDER });
  if (scheme.backend === 'portable') {
    log.warn('signing in JavaScript: slow, and the key is in the heap', { scheme: scheme.name });
  }
}

/**
 * After a failed write nobody knows what the disk holds; only a new start reads it again (signer.md G3). The refusal
 * of the request that met it still goes out.
 */
function stopAtOnce(server: GrpcServer, cause: unknown, log: Logger): void {
  log.error('the record could not be written', cause);
  server.setServing('', false);
  setImmediate(() => {
    throw new Error('the record could not be written: repair the disk, then start again', { cause });
  });
}

/** Read here for the first time, so that a missing file is named by its setting; `tlsRenewal` follows the files then. */
async function serverTls(config: SignerConfig): Promise<ServerTls> {
  const [ca, certificate, key] = await Promise.all([
    readPem('SIGNER_TLS_CA', config.SIGNER_TLS_CA),
    readPem('SIGNER_TLS_CERT', config.SIGNER_TLS_CERT),
    readPem('SIGNER_TLS_KEY', config.SIGNER_TLS_KEY),
  ]);
  return { ca, certificate, key, requireClientCertificate: true };
}

async function readPem(setting: string, path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    const detail = { code: 'CUSTODY_FILE_UNREADABLE', path } as const;
    throw new CustodyError(`${setting}: ${path} cannot be read`, detail, { cause });
  }
}
