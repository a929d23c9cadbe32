import type {
  GetStatusResponse,
  Configuration as WireConfiguration,
  PeerEntry as WirePeerEntry,
  ReloadReport as WireReport,
} from '#libs/proto/btcfed/config/v1/config_service.ts';
import { ReloadOutcome, ReloadPhase } from '#libs/proto/btcfed/config/v1/config_service.ts';
import type { PeerEntry } from '#libs/settings/peer-entry.ts';
import type { ConfigurationKeeper } from '../configuration-keeper.ts';
import type { Configuration } from '../core/configuration.ts';
import type { ReloadReport } from '../core/reload-report.ts';

/**
 * The configuration as other services see it: without the private key and the settings that only this node's
 * supervisor needs.
 */
export function toWire({ generation, node, peers }: Configuration): WireConfiguration {
  const { fileSizeBytesMax, ...logging } = node.logging;
  return {
    generation,
    networkAddresses: node.networkAddresses,
    connectionTimeoutMs: wholeMs(node.connectionTimeoutMs),
    exchangeIntervalMs: wholeMs(node.exchangeIntervalMs),
    delinquentTimeoutMs: wholeMs(node.delinquentTimeoutMs),
    logging: { ...logging, fileSizeBytesMax: BigInt(fileSizeBytesMax) },
    peers: peers.peers.map(peerEntryToWire),
    rejectedPeers: peers.rejected,
  };
}

export function peerEntryToWire({
  publicKey,
  addresses,
  lastSeenS = 0,
  learned = false,
}: PeerEntry): WirePeerEntry {
  return { publicKey, addresses, lastSeenS: BigInt(lastSeenS), learned };
}

const OUTCOMES = {
  unchanged: ReloadOutcome.UNCHANGED,
  committed: ReloadOutcome.COMMITTED,
  refused: ReloadOutcome.REFUSED,
  'rolled-back': ReloadOutcome.ROLLED_BACK,
} as const;

export function reportToWire({ outcome, durationMs, errorClass = '', ...same }: ReportOf): WireReport {
  return { ...same, outcome: OUTCOMES[outcome], errorClass, durationMs: BigInt(durationMs) };
}

/** A report whose class may be left out, as in the message. */
type ReportOf = Omit<ReloadReport, 'errorClass'> & { readonly errorClass?: string | undefined };

const PHASES = {
  idle: ReloadPhase.IDLE,
  validating: ReloadPhase.VALIDATING,
  updating: ReloadPhase.UPDATING,
  rolling_back: ReloadPhase.ROLLING_BACK,
  failed: ReloadPhase.FAILED,
} as const;

export function statusToWire({
  phase,
  lastReport,
  ...same
}: ReturnType<ConfigurationKeeper['status']>): GetStatusResponse {
  return {
    ...same,
    phase: PHASES[phase],
    lastReload: lastReport === undefined ? undefined : reportToWire(lastReport),
  };
}

/** A duration may be written in nanoseconds; the wire has milliseconds. */
function wholeMs(milliseconds: number): bigint {
  return BigInt(Math.round(milliseconds));
}
