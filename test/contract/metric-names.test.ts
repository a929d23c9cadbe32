import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FinalChannel } from '#libs/engine/ports/final-channel.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { PromMetrics } from '#libs/metrics/prom-metrics.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { configMetrics } from '#services/config/adapters/config-metrics.ts';
import { baselineMetrics } from '#services/consensus/adapters/baseline-metrics.ts';
import { consensusMetrics } from '#services/consensus/adapters/consensus-metrics.ts';
import { MemberMonitor } from '#services/consensus/adapters/member-monitor.ts';
import { gatewayMetrics } from '#services/gateway/adapters/gateway-metrics.ts';
import { followSigner } from '#services/signer/edge/follow-signer.ts';
import { signerMetrics } from '#services/signer/edge/signer-metrics.ts';
import { branchUpon, certificateFor, GENESIS } from '#test/support/chain/chain-fixture.ts';
import { memoryMember } from '#test/support/consensus/client-ports.ts';
import { promtoolComplaints, withoutPromtool } from '#test/support/metrics/promtool.ts';

const NAMES = { member: 'm0', chain: 'local' };

/** The metrics of each service after some work, as its process makes them. */
const SERVICES: Readonly<Record<string, (metrics: PromMetrics) => void>> = {
  config: (metrics) => configMetrics(metrics, { generation: () => 1n, peerCount: () => 3 }),
  gateway: (metrics) =>
    gatewayMetrics(metrics, {
      registry: { views: () => [], connectedCount: 2, dropped: 7 },
      attachments: { dropped: 3 },
    }),
  signer: (metrics) => {
    signerMetrics(metrics);
    const views = { lastView: 9n, lockView: 7n, provenView: 8n, session: 2n, startCount: 5n };
    const verifier = { verified: 4n, cached: 3n, refused: 2n, remembered: 6n };
    followSigner(metrics, async () => ({
      ...views,
      ...{ verifier, mode: 'active', locked: false, auditHead: undefined },
    }));
  },
  consensus: (metrics) => {
    const member = memoryMember();
    const final = new FinalChannel();
    const [first] = branchUpon(GENESIS, 1, 1);
    assert.ok(first !== undefined);
    const monitor = new MemberMonitor(memoryLogger(), String, () => 0);
    consensusMetrics(metrics, {
      set: () => member.ports.membership.current().set,
      status: () => member.status,
      tipCertificate: () => certificateFor(first.block),
      finalHeight: () => 1n,
      ...{ monitor, final },
    });
    baselineMetrics(metrics, {
      traffic: () => ({ sentBytes: 70, receivedBytes: 50 }),
      votes: () => HOTSTUFF_TABLE,
      nowMs: () => 0,
      final,
    });
    final.ordered([first.block]);
  },
};

async function textOf(service: string, measure: (metrics: PromMetrics) => void): Promise<string> {
  const metrics = new PromMetrics({ ...NAMES, service });
  measure(metrics);
  return (await metrics.text()).body;
}

describe('the metrics of each service', () => {
  for (const [service, measure] of Object.entries(SERVICES)) {
    test(`F-44: ${service} explains each of its metrics`, async () => {
      const text = await textOf(service, measure);
      assert.ok(text.match(/^# TYPE /gm)?.length === text.match(/^# HELP \S+ \S/gm)?.length, text);
    });

    test(`F-44: promtool takes all of ${service}`, { skip: withoutPromtool }, async () => {
      assert.deepEqual(promtoolComplaints(await textOf(service, measure)), []);
    });

    test(`F-44: every series of ${service} says of which member, chain and service it is`, async () => {
      const series = (await textOf(service, measure)).split('\n').filter((line) => /^[^#]/.test(line));
      assert.ok(series.some((line) => line.startsWith(`btcfed_${service}_`)));
      const labels = [`service="${service}"`, 'member="m0"', 'chain="local"'];
      const nameless = series.filter((line) => !labels.every((label) => line.includes(label)));
      assert.deepEqual(nameless, []);
    });
  }
});
