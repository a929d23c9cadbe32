import { grpcMetrics } from '#libs/grpc/grpc-metrics.ts';
import { grpcServer } from '#libs/grpc/server.ts';
import { tlsRenewal } from '#libs/grpc/tls-files.ts';
import type { Logger } from '#libs/log/logger.ts';
import { absentMetrics } from '#libs/metrics/absent-metrics.ts';
import { STATEMENT_WORDS, type StatementWords } from '#libs/protocols/statement-words.ts';
import { lifecycleOf } from '#libs/service/lifecycle.ts';
import type { ServiceTools } from '#libs/service/run-service.ts';
import type { EdgeConfig } from './config-edge.ts';
import { coreClient } from './edge/core-client.ts';
import { coreHealth, promptly } from './edge/core-health.ts';
import { edgeServer } from './edge/edge-server.ts';
import { followSigner } from './edge/follow-signer.ts';
import { signerMetrics } from './edge/signer-metrics.ts';
import { signsWhile } from './edge/signs-while.ts';
import type { SignerLifecycle } from './signer-lifecycle.ts';

/** The surroundings of an edge beside its settings and its log. */
export interface EdgeTools extends Pick<ServiceTools, 'metrics' | 'probes' | 'tracer'> {
  /** The protocols whose statements the core may be asked for; those that a chain can run when left out. */
  readonly words: StatementWords;
}

/** The part that faces the network, and passes requests on to the core. It holds no key and no state. */
export async function composeEdge(
  config: EdgeConfig,
  log: Logger,
  { metrics = absentMetrics, tracer, probes, words = STATEMENT_WORDS }: Partial<EdgeTools> = {},
): Promise<SignerLifecycle> {
  const api = coreClient(config.SIGNER_EDGE_CORE);
  const tls = {
    ca: config.SIGNER_EDGE_TLS_CA,
    certificate: config.SIGNER_EDGE_TLS_CERT,
    key: config.SIGNER_EDGE_TLS_KEY,
  };
  const server = grpcServer(
    await edgeServer({
      api,
      listen: config.SIGNER_EDGE_LISTEN,
      tls,
      clientName: config.SIGNER_EDGE_CLIENT_NAME,
      clientCertificates: config.SIGNER_EDGE_CLIENT_CERTS,
      clientsFile: config.SIGNER_EDGE_CLIENTS_FILE,
      protocol: config.SIGNER_EDGE_PROTOCOL,
      words,
      meter: signerMetrics(metrics),
      metrics: grpcMetrics(metrics),
      tracer,
      log,
    }),
  );
  followSigner(metrics, () => promptly(() => api.getSigner()));
  const renewal = tlsRenewal(
    tls,
    (material) => server.renewTls({ ...material, requireClientCertificate: true, keyExchange: 'hybrid' }),
    log,
  );
  let signs = false;
  const health = coreHealth(
    api,
    (isServing) => {
      signs = isServing;
      server.setServing('', isServing);
    },
    log,
  );
  probes?.readyWhen(signsWhile(() => signs));
  const life = lifecycleOf([
    { start: async () => {}, stop: async () => api.close() },
    server,
    renewal,
    health,
  ]);
  return {
    start: () => life.start(),
    stop: () => life.stop(),
    boundAddress: () => server.boundAddress(),
  };
}
