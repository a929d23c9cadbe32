import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { FinalChannel } from '#libs/engine/ports/final-channel.ts';
import { grpcMetrics } from '#libs/grpc/grpc-metrics.ts';
import { httpMetrics } from '#libs/http/http-metrics.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { diskMetrics } from '#libs/metrics/disk-metrics.ts';
import type { Metrics } from '#libs/metrics/metrics.ts';
import { createAuthority } from '#libs/pki/pki.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { buildMetrics } from '#libs/service/service-metrics.ts';
import { tracingMetrics } from '#libs/tracing/tracing-metrics.ts';
import { configMetrics } from '#services/config/adapters/config-metrics.ts';
import { baselineMetrics } from '#services/consensus/adapters/baseline-metrics.ts';
import { consensusMetrics } from '#services/consensus/adapters/consensus-metrics.ts';
import { diagnosisMetrics } from '#services/consensus/adapters/diagnosis-metrics.ts';
import { MemberMonitor } from '#services/consensus/adapters/member-monitor.ts';
import { sendFailures } from '#services/consensus/adapters/tinyweb/peers/send-failures.ts';
import { workMetrics } from '#services/consensus/adapters/work-metrics.ts';
import { gatewayMetrics } from '#services/gateway/adapters/gateway-metrics.ts';
import type { PeerView } from '#services/gateway/peers/peer-view.ts';
import { nodeMetrics } from '#services/launcher/adapters/node-metrics.ts';
import { followSigner } from '#services/signer/edge/follow-signer.ts';
import { signerMetrics } from '#services/signer/edge/signer-metrics.ts';
import { branchUpon, certificateFor, GENESIS } from '#test/support/chain/chain-fixture.ts';
import { memoryMember } from '#test/support/consensus/client-ports.ts';

/**
 * Makes the metrics of each service as its process makes them, after some work; `node`: of the process that runs them. A service that makes others fails
 * test/integration/node-log.test.ts, which compares a node that runs with the page made of these.
 */
export const SERVICE_METRICS: Readonly<Record<string, (metrics: Metrics) => void>> = {
  config: (metrics) => {
    everywhere(metrics, 'config');
    configMetrics(metrics, { generation: () => 1n, peerCount: () => 3 });
    diskMetrics(metrics, { home: tmpdir() });
  },
  consensus: (metrics) => {
    everywhere(metrics, 'consensus');
    consensus(metrics);
    diskMetrics(metrics, { chain: tmpdir() });
  },
  gateway: (metrics) => {
    everywhere(metrics, 'gateway');
    gatewayMetrics(metrics, {
      registry: {
        views: () => [PEER],
        connectedCount: 2,
        dropped: 7,
        complaints: new Map([['a fault', 1]]),
      },
      attachments: { dropped: 3 },
    });
  },
  node: (metrics) => nodeMetrics(metrics)('config', true),
  signer: (metrics) => {
    everywhere(metrics, 'signer');
    signerMetrics(metrics);
    const views = { lastView: 9n, lockView: 7n, provenView: 8n, session: 2n, startCount: 5n };
    const verifier = { verified: 4n, cached: 3n, refused: 2n, remembered: 6n };
    followSigner(metrics, async () => ({
      ...views,
      ...{ verifier, mode: 'active', locked: false, auditHead: undefined },
    }));
    diskMetrics(metrics, { record: tmpdir() });
  },
};

const PEER: PeerView = {
  ...{ key: 'ab', peerId: '12D3', addresses: [], failures: 0, lastError: '' },
  ...{ state: 'connected', roundTripUs: 2_500, silentMs: 0, isDelinquent: false },
  ...{ unsentFrames: 0, unsentSinceHeard: 0, member: 'm1', receivedBytes: 7, sentBytes: 5, queuedBytes: 0 },
};

function everywhere(metrics: Metrics, service: string): void {
  buildMetrics(metrics);
  const grpc = grpcMetrics(metrics);
  grpc.ended({ path: `/btcfed.${service}.v1.Service/Call`, code: 0, durationMs: 3, isUnary: true });
  grpc.malformedPlace();
  tracingMetrics(metrics, () => ({ exported: 5, dropped: 1, failed: 2 }));
  grpc.certificate('server', Buffer.from(createAuthority('ours', 1).certificate));
}

function consensus(metrics: Metrics): void {
  const member = memoryMember();
  const final = new FinalChannel();
  const [first] = branchUpon(GENESIS, 1, 1);
  assert.ok(first !== undefined);
  consensusMetrics(metrics, {
    set: () => member.ports.membership.current().set,
    status: () => member.status,
    tipCertificate: () => certificateFor(first.block),
    finalHeight: () => 1n,
    monitor: new MemberMonitor(memoryLogger(), String, () => 0),
    final,
  });
  diagnosisMetrics(metrics, () => []);
  baselineMetrics(metrics, {
    traffic: () => ({ sentBytes: 70, receivedBytes: 50 }),
    votes: () => HOTSTUFF_TABLE,
    nowMs: () => 0,
    final,
  });
  httpMetrics(metrics);
  sendFailures(metrics);
  const work = workMetrics(metrics);
  work.verificationWaited(2);
  work.synced('record', 1);
  work.follow({
    verifications: () => ({ verified: 4, cached: 3, refused: 2 }),
    droppedFrames: () => 1,
    outbox: { lag: () => ({ blocks: 2n, waitMs: 30 }) },
  });
  final.ordered([first.block]);
}
