import { X509Certificate } from 'node:crypto';
import { status } from '@grpc/grpc-js';
import type { Metrics } from '#libs/metrics/metrics.ts';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const MS_PER_SECOND = 1_000;

/** One call that ended. */
interface EndedCall {
  /** `/full.Name/Method`, of a service that the server has: a caller chooses no label. */
  readonly path: string;
  readonly code: status;
  readonly durationMs: number;
  /** Whether request and answer are one message each. */
  readonly isUnary: boolean;
}

/** The figures of the gRPC servers and certificates of one process. */
export interface GrpcMetrics {
  ended(call: EndedCall): void;
  /** A call came with a `traceparent` in another form than the standard's: it is ignored. */
  malformedPlace(): void;
  /**
   * Another certificate is in force.
   * @param use - One of a few words, such as `server`.
   * @param pem - With its chain, if there is one: the first counts.
   */
  certificate(use: string, pem: Buffer): void;
}

/** Made once in a process, under names that all services have: their label `service` tells them apart. */
export function grpcMetrics(metrics: Metrics): GrpcMetrics {
  const requests = metrics.counter('btcfed_grpc_requests_total', {
    help: 'Calls that ended, streams included, by their status. CANCELLED: the caller went before it had its answer.',
    labels: ['method', 'code'],
  });
  const seconds = metrics.histogram('btcfed_grpc_request_seconds', {
    help: 'From the request to the answer, of calls that have one of each.',
    labels: ['method'],
    buckets: SECONDS,
  });
  const malformed = metrics.counter('btcfed_grpc_malformed_traceparents_total', {
    help: 'Calls with a traceparent that is none by the W3C: it is ignored, the call is served.',
  });
  const notAfter = metrics.gauge('btcfed_certificate_not_after_seconds', {
    help: 'When a certificate in force expires, in seconds since 1970. Absent where there is none.',
    labels: ['certificate'],
  });
  const notBefore = metrics.gauge('btcfed_certificate_not_before_seconds', {
    help: 'When a certificate in force began to be valid, in seconds since 1970: with its end, how long it lives at all. Absent where there is none.',
    labels: ['certificate'],
  });
  return {
    ended({ path, code, durationMs, isUnary }) {
      const method = path.slice(1);
      requests.add(1, { method, code: status[code] ?? 'UNKNOWN' });
      if (isUnary) seconds.observe(durationMs / MS_PER_SECOND, { method });
    },
    malformedPlace: () => malformed.add(),
    certificate(use, pem) {
      const { validFromDate, validToDate } = new X509Certificate(pem);
      notBefore.set(validFromDate.getTime() / MS_PER_SECOND, { certificate: use });
      notAfter.set(validToDate.getTime() / MS_PER_SECOND, { certificate: use });
    },
  };
}
