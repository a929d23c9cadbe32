import type { Metrics } from '#libs/metrics/metrics.ts';
import { baselineMetrics } from './baseline-metrics.ts';
import type { GatewayLink } from './gateway-link.ts';
import type { MemberMonitor } from './member-monitor.ts';
import type { SignerGate } from './signer-gate.ts';

/** The same signer; what it is asked for tells how long the phases of a view take. */
export function measured(
  signer: Pick<SignerGate, 'sign'>,
  metrics: Metrics,
  { gateway, monitor }: { readonly gateway: Pick<GatewayLink, 'traffic'>; readonly monitor: MemberMonitor },
): Pick<SignerGate, 'sign'> {
  const { signs } = baselineMetrics(metrics, {
    traffic: () => gateway.traffic,
    onFinal: (listener) => monitor.onFinal(listener),
    nowMs: () => performance.now(),
  });
  return {
    sign: (order, done) => {
      signs(order.statement);
      signer.sign(order, done);
    },
  };
}
