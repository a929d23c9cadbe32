import type { Metrics } from '#libs/metrics/metrics.ts';
import type { Configuration, PeerEntry } from '#libs/proto/btcfed/config/v1/config_service.ts';
import type { Lifecycle } from '#libs/service/lifecycle.ts';
import type { ProbeCheck } from '#libs/service/probes.ts';
import type { Reloadable } from '#libs/service/reloadable.ts';
import type { GatewayLinkOptions } from './adapters/gateway-link-options.ts';
import type { PeerLink } from './adapters/peer-link.ts';
import { TransportError } from './adapters/tinyweb/transport-error.ts';
import type { ClientPorts } from './core/ports.ts';

/** The way to the other members, by the transport of the chain. */
export interface ComposedPeers {
  readonly link: PeerLink;
  /** Started before the member. */
  readonly lives: readonly Lifecycle[];
  /** The parts of conf.yaml and peers.yaml that it follows while it runs. */
  readonly parts: readonly Reloadable<Configuration>[];
  readonly takePeers: (peers: readonly PeerEntry[]) => Promise<void>;
  readonly readiness: ProbeCheck;
  /** Has callers served from these, where the transport has routes for them; called before the lives start. */
  readonly serve: (ports: ClientPorts) => void;
}

export type PeersOptions = Pick<GatewayLinkOptions, 'traceparentOf' | 'log'> & { readonly metrics: Metrics };

/** A setting that the transport of the chain cannot do without. */
export function lacking(variable: string, why: string): TransportError {
  const message = `${variable} is not set: a chain with transport ${why}; start consensus with it`;
  return new TransportError(message, { code: 'TRANSPORT_SETTINGS' });
}
