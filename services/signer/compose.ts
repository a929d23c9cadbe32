import { setPriority } from 'node:os';
import { dirname } from 'node:path';
import { grpcMetrics } from '#libs/grpc/grpc-metrics.ts';
import { type GrpcServer, grpcServer } from '#libs/grpc/server.ts';
import { tlsRenewal } from '#libs/grpc/tls-files.ts';
import type { Logger } from '#libs/log/logger.ts';
import { absentMetrics } from '#libs/metrics/absent-metrics.ts';
import { diskMetrics } from '#libs/metrics/disk-metrics.ts';
import { VOTE_TABLES } from '#libs/protocols/protocols.ts';
import { wordsOf } from '#libs/protocols/words-of.ts';
import { lifecycleOf } from '#libs/service/lifecycle.ts';
import type { SignerConfig } from './config.ts';
import { edgeServer } from './edge/edge-server.ts';
import { followSigner } from './edge/follow-signer.ts';
import { signerMetrics } from './edge/signer-metrics.ts';
import { signsWhile } from './edge/signs-while.ts';
import { needRoomToSign } from './record/space-reserve.ts';
import { openCore } from './running/open-core.ts';
import type { SignerLifecycle } from './signer-lifecycle.ts';
import type { SignerTools } from './signer-tools.ts';
import { adminSocket } from './socket/admin-socket.ts';

/**
 * Edge and core in one process, for a federation on one machine: an intruder in the server has the key. On a
 * host of its own run `main-core.ts` and `main-edge.ts` instead.
 * @throws CustodyError, CryptoError or ListenError when it would not be safe or not possible to sign.
 */
export async function composeSigner(
  config: SignerConfig,
  log: Logger,
  { metrics = absentMetrics, tracer, probes, tables = VOTE_TABLES }: Partial<SignerTools> = {},
): Promise<SignerLifecycle> {
  if (config.SIGNER_NICENESS > 0) setPriority(config.SIGNER_NICENESS);
  log.warn('one process holds the key and answers the network: for a federation on one machine only');
  needRoomToSign(config.SIGNER_FOLDER);
  const core = await openCore({
    folder: config.SIGNER_FOLDER,
    mirror: config.SIGNER_MIRROR_FILE,
    protocol: config.SIGNER_PROTOCOL,
    tables,
    backend: config.SIGNER_BACKEND,
    signing: config.SIGNER_SIGNING,
    passphraseFile: config.SIGNER_PASSPHRASE_FILE,
    mayBeLocked: config.SIGNER_ADMIN_SOCKET !== undefined,
    log,
    onServing: (isServing) => server.setServing('', isServing),
  });
  const tls = { ca: config.SIGNER_TLS_CA, certificate: config.SIGNER_TLS_CERT, key: config.SIGNER_TLS_KEY };
  const server: GrpcServer = grpcServer(
    await edgeServer({
      api: core.api,
      listen: config.SIGNER_LISTEN,
      tls,
      clientName: config.SIGNER_CLIENT_NAME,
      clientCertificates: config.SIGNER_CLIENT_CERTS,
      clientsFile: config.SIGNER_CLIENTS_FILE,
      protocol: config.SIGNER_PROTOCOL,
      words: wordsOf(tables),
      meter: signerMetrics(metrics),
      metrics: grpcMetrics(metrics),
      tracer,
      log,
    }),
  );
  if (!core.isServing) server.setServing('', false);
  probes?.readyWhen(signsWhile(() => core.isServing));
  followSigner(metrics, () => core.api.getSigner());
  diskMetrics(metrics, {
    record: config.SIGNER_FOLDER,
    ...(config.SIGNER_MIRROR_FILE === undefined ? {} : { mirror: dirname(config.SIGNER_MIRROR_FILE) }),
  });
  const renewal = tlsRenewal(
    tls,
    (material) => server.renewTls({ ...material, requireClientCertificate: true, keyExchange: 'hybrid' }),
    log,
  );
  // The core is stopped last: when nobody can ask any more, it finishes the signatures under way and closes key and
  // record.
  const life = lifecycleOf([
    { start: async () => {}, stop: () => core.close() },
    adminSocket({ path: config.SIGNER_ADMIN_SOCKET, api: core.admin, log }),
    server,
    renewal,
  ]);
  return {
    start: () => life.start(),
    stop: () => life.stop(),
    boundAddress: () => server.boundAddress(),
  };
}
