import { privateKeyFromRaw } from '@libp2p/crypto/keys';
import { identify } from '@libp2p/identify';
import { FaultTolerance } from '@libp2p/interface';
import { ping } from '@libp2p/ping';
import { yamux } from '@libp2p/yamux';
import { createLibp2p, type Libp2p } from 'libp2p';
import { toHex } from '#libs/bytes/hex.ts';
import type { Logger } from '#libs/log/logger.ts';
import {
  CONNECTIONS_MAX,
  DIAL_TIMEOUT_MS_MAX,
  HANDSHAKE_TIMEOUT_MS,
  PARALLEL_DIALS_MAX,
} from '../core/connection-limits.ts';
import { STREAM_READ_BUFFER_BYTES_MAX, STREAM_WINDOW_BYTES_MAX } from '../core/limits.ts';
import { federationTcp } from './federation-tcp.ts';
import { frugalNoise } from './frugal-noise.ts';
import { type HandshakeSurroundings, InboundHandshakes } from './inbound-handshakes.ts';
import type { ListenSockets } from './listen-sockets.ts';
import { SILENT_LIBP2P_LOGGER } from './silent-libp2p-logger.ts';

export interface Libp2pHostOptions {
  /** Ed25519 seed and public key, 64 bytes. */
  readonly privateKey: Uint8Array;
  readonly listenAddresses: readonly string[];
  readonly log: Logger;
}

/** The gateway's side of the host: its answers and its callbacks. */
export interface HostSurroundings extends HandshakeSurroundings {
  mayConnect(key: string): boolean;
}

/**
 * A libp2p node that does not run yet: TCP, Noise, Yamux, identify and ping (test/requirements/texts.md 2.5). It dials
 * nobody by itself.
 */
export async function libp2pHost(
  options: Libp2pHostOptions,
  sockets: ListenSockets,
  { mayConnect, ...around }: HostSurroundings,
): Promise<Libp2p> {
  const { log } = options;
  log.info('LIBP2P HOST: Creating host with connection and resource management');
  log.info('LIBP2P HOST: Connection Manager', { high_watermark: CONNECTIONS_MAX });
  log.info('LIBP2P HOST: Resource Manager', { max_connections_per_peer: 1 });
  log.info('LIBP2P HOST: Listen addresses', { addresses: options.listenAddresses.join(', ') });
  const host = await createLibp2p({
    ...hostSettings({ ...options, listenAddresses: sockets.possible(options.listenAddresses) }),
    transports: [federationTcp(sockets, new InboundHandshakes(around, log))],
    connectionGater: {
      denyInboundEncryptedConnection: ({ publicKey }) =>
        publicKey === undefined || !mayConnect(toHex(publicKey.raw)),
    },
  });
  log.info('LIBP2P HOST: Created host', { id: host.peerId.toString() });
  return host;
}

function hostSettings({
  privateKey,
  listenAddresses,
}: Libp2pHostOptions): Parameters<typeof createLibp2p>[0] {
  return {
    start: false,
    logger: SILENT_LIBP2P_LOGGER,
    privateKey: privateKeyFromRaw(privateKey),
    nodeInfo: { name: 'btcfed', userAgent: 'btcfed' },
    addresses: { listen: [...listenAddresses] },
    transportManager: { faultTolerance: FaultTolerance.NO_FATAL },
    connectionEncrypters: [frugalNoise()],
    streamMuxers: [
      yamux({
        // Our own keep-alive asks, and a ping of yamux that is given up would end the connection when it is answered late.
        enableKeepAlive: false,
        streamOptions: {
          maxStreamWindowSize: STREAM_WINDOW_BYTES_MAX,
          maxReadBufferLength: STREAM_READ_BUFFER_BYTES_MAX,
        },
      }),
    ],
    connectionManager: {
      maxConnections: CONNECTIONS_MAX,
      // Each is one pool for everybody; the places and rates of our own (InboundHandshakes) are shared out by host.
      inboundConnectionThreshold: Number.MAX_SAFE_INTEGER,
      maxIncomingPendingConnections: Number.MAX_SAFE_INTEGER,
      maxParallelDials: PARALLEL_DIALS_MAX,
      // The deadline of a dial is ours (`peers.connection_timeout`); libp2p's own 6 s would come first.
      addressDialTimeout: DIAL_TIMEOUT_MS_MAX,
      inboundUpgradeTimeout: HANDSHAKE_TIMEOUT_MS,
      inboundStreamProtocolNegotiationTimeout: HANDSHAKE_TIMEOUT_MS,
      outboundStreamProtocolNegotiationTimeout: HANDSHAKE_TIMEOUT_MS,
      reconnectRetries: 0,
    },
    // Our own keep-alive pings, counts and closes (P2P-15).
    connectionMonitor: { enabled: false },
    services: { identify: identify(), ping: ping() },
  };
}
