import type { CreateListenerOptions, Transport, Upgrader } from '@libp2p/interface';
import { tcp } from '@libp2p/tcp';
import { HANDSHAKE_TURN_MS, HANDSHAKES_AT_ONCE, TCP_CONNECT_TIMEOUT_MS } from '../core/connection-limits.ts';
import { gatherWrites } from './gathered-writes.ts';
import type { InboundHandshakes } from './inbound-handshakes.ts';
import type { ListenSockets } from './listen-sockets.ts';
import { Slots } from './slots.ts';

type TcpFactory = ReturnType<typeof tcp>;

/** `timeout` reaches `net.connect`, although libp2p's type does not name it; it ends with the connect. */
const DIAL_OPTIONS = { noDelay: true, timeout: TCP_CONNECT_TIMEOUT_MS };

/**
 * libp2p's TCP transport, extended by the causes of failed binds, a time limit for the first packet, a small
 * number of handshakes of our own at once, and rules for inbound ones.
 */
export function federationTcp(sockets: ListenSockets, inbound: InboundHandshakes): TcpFactory {
  const factory = tcp({ dialOpts: DIAL_OPTIONS });
  return (components) => {
    const transport = factory(components);
    guardListeners(transport, inbound);
    sockets.watch(transport);
    paceHandshakes(transport);
    return transport;
  };
}

function guardListeners(transport: Transport, inbound: InboundHandshakes): void {
  const createListener = transport.createListener.bind(transport);
  transport.createListener = (options: CreateListenerOptions) =>
    createListener({ ...options, upgrader: gathering(inbound.around(options.upgrader)) });
}

function paceHandshakes(transport: Transport): void {
  const handshakes = new Slots(HANDSHAKES_AT_ONCE, HANDSHAKE_TURN_MS);
  const dial = transport.dial.bind(transport);
  transport.dial = (address, options) =>
    dial(address, { ...options, upgrader: gathering(paced(options.upgrader, handshakes)) });
}

function paced(upgrader: Upgrader, handshakes: Slots): Upgrader {
  return {
    upgradeInbound: (connection, options) => upgrader.upgradeInbound(connection, options),
    upgradeOutbound: (connection, options) =>
      handshakes.run(() => upgrader.upgradeOutbound(connection, options)),
    getStreamMuxers: () => upgrader.getStreamMuxers(),
    getConnectionEncrypters: () => upgrader.getConnectionEncrypters(),
    createInboundAbortSignal: (signal) => upgrader.createInboundAbortSignal(signal),
  };
}

function gathering(upgrader: Upgrader): Upgrader {
  return {
    upgradeInbound: (connection, options) => {
      gatherWrites(connection);
      return upgrader.upgradeInbound(connection, options);
    },
    upgradeOutbound: (connection, options) => {
      gatherWrites(connection);
      return upgrader.upgradeOutbound(connection, options);
    },
    getStreamMuxers: () => upgrader.getStreamMuxers(),
    getConnectionEncrypters: () => upgrader.getConnectionEncrypters(),
    createInboundAbortSignal: (signal) => upgrader.createInboundAbortSignal(signal),
  };
}
